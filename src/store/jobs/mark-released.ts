import type { Database } from '../database.ts';

/** All that a job held on its instances is gone: a server that starts has nothing left to clean up for it. */
export function markReleased(database: Database, id: number): void {
  const release = database.prepare('UPDATE jobs SET holds_instances = 0 WHERE id = ?');
  database.unhurried(() => release.run(id));
}
