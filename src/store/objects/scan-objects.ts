import type { Database } from '../database.ts';
import { OBJECT_COLUMNS, type ObjectRow } from './object-row.ts';

/**
 * The rows of a bucket from the key `from` on (itself too) and below the key `below`, in key order. One at a time: a reader that
 * breaks off pays for no more than it saw.
 */
export function scanObjects(
  database: Database,
  bucket: string,
  from: Uint8Array,
  below: Uint8Array | undefined,
): IterableIterator<ObjectRow> {
  const select = `SELECT ${OBJECT_COLUMNS} FROM objects WHERE bucket = ? AND key >= ?`;
  const rows = below
    ? database.prepare(`${select} AND key < ? ORDER BY key`).iterate(bucket, from, below)
    : database.prepare(`${select} ORDER BY key`).iterate(bucket, from);
  return rows as IterableIterator<unknown> as IterableIterator<ObjectRow>;
}
