import type { Database } from '../database.ts';

/** Removes a bucket that holds no object and no upload. */
export function deleteBucket(database: Database, name: string): void {
  database.prepare('DELETE FROM buckets WHERE name = ?').run(name);
}

export function hasObjects(database: Database, bucket: string): boolean {
  return database.prepare('SELECT 1 FROM objects WHERE bucket = ? LIMIT 1').get(bucket) !== undefined;
}
