import type { Database } from '../database.ts';

/** The ids of the blobs that were doomed at `until` or before, oldest first. */
export function doomedBlobs(database: Database, until: number): string[] {
  const rows = database
    .prepare('SELECT id FROM blobs WHERE doomed_at IS NOT NULL AND doomed_at <= ? ORDER BY doomed_at')
    .all(until) as unknown as { id: string }[];
  return rows.map((row) => row.id);
}

export function anyDoomedBlob(database: Database): boolean {
  return database.prepare('SELECT 1 FROM blobs WHERE doomed_at IS NOT NULL LIMIT 1').get() !== undefined;
}
