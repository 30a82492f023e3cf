import type { StoredObject } from '../../objects/embedded/embedded-store.ts';
import type { Database } from '../database.ts';
import { toBytes } from './keys.ts';
import { attributesOf } from './object-row.ts';

/** Makes this the object of its key. The blobs of the one it replaces are the caller's to doom. */
export function replaceObject(database: Database, object: StoredObject): void {
  database
    .prepare(`
      INSERT INTO objects (bucket, key, size, etag, modified_at, attributes, blobs) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (bucket, key) DO UPDATE SET
        size = excluded.size, etag = excluded.etag, modified_at = excluded.modified_at,
        attributes = excluded.attributes, blobs = excluded.blobs`)
    .run(
      object.bucket,
      toBytes(object.key),
      object.size,
      object.etag,
      object.modifiedAt,
      attributesOf(object),
      JSON.stringify(object.blobs),
    );
}
