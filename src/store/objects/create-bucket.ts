import type { Database } from '../database.ts';

/** Adds a bucket; false when there is one of this name. */
export function createBucket(database: Database, name: string, createdAt: number): boolean {
  const { changes } = database
    .prepare('INSERT INTO buckets (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING')
    .run(name, createdAt);
  return changes === 1;
}
