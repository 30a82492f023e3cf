import type { Blob, StoredPart } from '../../objects/embedded/embedded-store.ts';
import type { Database } from '../database.ts';

/** Makes this the part of its number. The blob of the one it replaces is the caller's to doom; an empty part has none. */
export function replacePart(
  database: Database,
  uploadId: string,
  part: StoredPart,
  blob: Blob | undefined,
): void {
  database
    .prepare(`
      INSERT INTO upload_parts (upload_id, number, size, etag, modified_at, checksum, blob) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (upload_id, number) DO UPDATE SET
        size = excluded.size, etag = excluded.etag, modified_at = excluded.modified_at,
        checksum = excluded.checksum, blob = excluded.blob`)
    .run(
      uploadId,
      part.partNumber,
      part.size,
      part.etag,
      part.modifiedAt,
      part.checksum ? JSON.stringify(part.checksum) : null,
      blob ? JSON.stringify(blob) : null,
    );
}
