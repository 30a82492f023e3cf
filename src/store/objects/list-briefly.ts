import type { StoredObject } from '../../objects/embedded/embedded-store.ts';
import type { Database } from '../database.ts';
import { fromBytes } from './keys.ts';

/** What a listing of the service's own tells of an object. */
export type BriefObject = Pick<StoredObject, 'key' | 'size' | 'etag' | 'modifiedAt'>;

interface BriefRow {
  readonly key: Uint8Array;
  readonly size: number;
  readonly etag: string;
  readonly modified_at: number;
}

/** At most `limit` objects of a bucket from the key `from` on (itself too) and below the key `below`, in key order. */
export function listBriefly(
  database: Database,
  bucket: string,
  from: Uint8Array,
  below: Uint8Array | undefined,
  limit: number,
): BriefObject[] {
  const select = 'SELECT key, size, etag, modified_at FROM objects WHERE bucket = ? AND key >= ?';
  const rows = below
    ? database.prepare(`${select} AND key < ? ORDER BY key LIMIT ?`).all(bucket, from, below, limit)
    : database.prepare(`${select} ORDER BY key LIMIT ?`).all(bucket, from, limit);
  return (rows as unknown as BriefRow[]).map(({ key, size, etag, modified_at }) => ({
    key: fromBytes(key),
    size,
    etag,
    modifiedAt: modified_at,
  }));
}
