import type { Database } from '../database.ts';

/** Forgets a job that has ended: its facts, its projection and its tags. Its logs and objects stay. */
export function deleteJob(database: Database, id: number): void {
  database.transaction(() => {
    database.prepare('DELETE FROM tags WHERE arn = (SELECT arn FROM jobs WHERE id = ?)').run(id);
    database.prepare('DELETE FROM jobs WHERE id = ? AND ended_at IS NOT NULL').run(id);
  });
}
