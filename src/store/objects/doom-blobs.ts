import type { Blob } from '../../objects/embedded/embedded-store.ts';
import type { Database } from '../database.ts';

/** Marks blobs whose row is gone, in the transaction that removed it: their files are to be removed. */
export function doomBlobs(database: Database, blobs: readonly Blob[], at: number): void {
  const doom = database.prepare('UPDATE blobs SET doomed_at = ? WHERE id = ?');
  for (const blob of blobs) doom.run(at, blob.id);
}
