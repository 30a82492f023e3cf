import type { MultipartUpload, ObjectAttributes, UploadRef } from '../../objects/embedded/embedded-store.ts';
import type { Database } from '../database.ts';
import { afterPrefix, fromBytes, toBytes } from './keys.ts';

const SELECT = 'SELECT id, bucket, key, created_at, attributes FROM uploads';

interface UploadRow {
  readonly id: string;
  readonly bucket: string;
  readonly key: Uint8Array;
  readonly created_at: number;
  readonly attributes: string;
}

/** The upload of an id, provided that it is one to this bucket and key. */
export function findUpload(
  database: Database,
  { uploadId, bucket, key }: UploadRef,
): MultipartUpload | undefined {
  const row = database
    .prepare(`${SELECT} WHERE id = ? AND bucket = ? AND key = ?`)
    .get(uploadId, bucket, toBytes(key)) as unknown as UploadRow | undefined;
  return row && fromRow(row);
}

/** The uploads in progress to keys that start with `prefix`, by key and then by age. */
export function listUploads(database: Database, bucket: string, prefix: string): MultipartUpload[] {
  const from = toBytes(prefix);
  const below = afterPrefix(from);
  const order = 'ORDER BY key, created_at, id';
  const rows = below
    ? database
        .prepare(`${SELECT} WHERE bucket = ? AND key >= ? AND key < ? ${order}`)
        .all(bucket, from, below)
    : database.prepare(`${SELECT} WHERE bucket = ? ${order}`).all(bucket);
  return (rows as unknown as UploadRow[]).map(fromRow);
}

const fromRow = (row: UploadRow): MultipartUpload => ({
  uploadId: row.id,
  bucket: row.bucket,
  key: fromBytes(row.key),
  createdAt: row.created_at,
  attributes: JSON.parse(row.attributes) as ObjectAttributes,
});
