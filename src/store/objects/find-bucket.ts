import type { BucketInfo } from '../../objects/embedded/embedded-store.ts';
import type { Database } from '../database.ts';

export function findBucket(database: Database, name: string): BucketInfo | undefined {
  const row = database.prepare('SELECT name, created_at AS createdAt FROM buckets WHERE name = ?').get(name);
  return row as unknown as BucketInfo | undefined;
}

/** All buckets, by name. */
export function listBuckets(database: Database): BucketInfo[] {
  const rows = database.prepare('SELECT name, created_at AS createdAt FROM buckets ORDER BY name').all();
  return rows as unknown as BucketInfo[];
}
