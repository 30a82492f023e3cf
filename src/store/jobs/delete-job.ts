import type { Database } from '../database.ts';
import { forgetJob } from './recent-jobs.ts';
import type { StoredJob } from './stored-job.ts';

/** Forgets a job that has ended: its facts, its projection and its tags. Its logs and objects stay. */
export function deleteJob(database: Database, { id, job }: StoredJob): void {
  forgetJob(database, job.arn);
  database.transaction(() => {
    const deleted = database.prepare('DELETE FROM jobs WHERE id = ? AND ended_at IS NOT NULL').run(id);
    if (deleted.changes === 0) return;
    database.prepare('DELETE FROM tags WHERE arn = ?').run(job.arn);
  });
}
