import type { Blob, StoredObject } from '../../objects/embedded/embedded-store.ts';
import type { ObjectLocation } from '../../objects/object-storage.ts';
import type { Database } from '../database.ts';
import { toBytes } from './keys.ts';

/** What is needed of an object to bring its bytes somewhere: found in half the time of all that is known of it. */
export type ObjectContent = Pick<StoredObject, 'key' | 'size' | 'etag' | 'blobs'>;

export function findContent(database: Database, { bucket, key }: ObjectLocation): ObjectContent | undefined {
  const row = database
    .prepare('SELECT size, etag, blobs FROM objects WHERE bucket = ? AND key = ?')
    .get(bucket, toBytes(key)) as { size: number; etag: string; blobs: string } | undefined;
  return row && { key, size: row.size, etag: row.etag, blobs: JSON.parse(row.blobs) as Blob[] };
}
