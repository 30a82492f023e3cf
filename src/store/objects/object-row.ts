import type { Blob, ObjectAttributes, StoredObject } from '../../objects/embedded/embedded-store.ts';
import { fromBytes } from './keys.ts';

export const OBJECT_COLUMNS = 'bucket, key, size, etag, modified_at, attributes, blobs';

export interface ObjectRow {
  readonly bucket: string;
  readonly key: Uint8Array;
  readonly size: number;
  readonly etag: string;
  readonly modified_at: number;
  readonly attributes: string;
  readonly blobs: string;
}

/** What the column `attributes` holds: what needs no column of its own. */
type StoredAttributes = ObjectAttributes & Pick<StoredObject, 'checksum' | 'partSizes'>;

export function fromRow(row: ObjectRow): StoredObject {
  return {
    ...(JSON.parse(row.attributes) as StoredAttributes),
    bucket: row.bucket,
    key: fromBytes(row.key),
    size: row.size,
    etag: row.etag,
    modifiedAt: row.modified_at,
    blobs: JSON.parse(row.blobs) as Blob[],
  };
}

export function attributesOf(object: StoredObject): string {
  const { bucket, key, size, etag, modifiedAt, blobs, ...attributes } = object;
  return JSON.stringify(attributes satisfies StoredAttributes);
}
