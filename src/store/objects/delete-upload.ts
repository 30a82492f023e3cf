import type { Database } from '../database.ts';

/** Removes an upload and what is known of its parts. The parts' blobs are the caller's to keep or to doom. */
export function deleteUpload(database: Database, uploadId: string): void {
  database.prepare('DELETE FROM uploads WHERE id = ?').run(uploadId);
}
