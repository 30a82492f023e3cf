import type { Database } from '../database.ts';

/** Records, in the transaction of the row that names it, that a blob's file belongs to the store. */
export function ownBlob(database: Database, id: string): void {
  database.prepare('INSERT INTO blobs (id) VALUES (?)').run(id);
}

/** Whether a row names the blob (or named it: doomed blobs are still the store's to remove). */
export function ownsBlob(database: Database, id: string): boolean {
  return database.prepare('SELECT 1 FROM blobs WHERE id = ?').get(id) !== undefined;
}
