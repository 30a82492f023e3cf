import type { Database } from '../database.ts';

/** Forgets blobs whose files are gone. */
export function forgetBlobs(database: Database, ids: readonly string[]): void {
  const forget = database.prepare('DELETE FROM blobs WHERE id = ?');
  database.transaction(() => {
    for (const id of ids) forget.run(id);
  });
}
