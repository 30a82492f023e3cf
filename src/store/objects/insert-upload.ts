import type { MultipartUpload } from '../../objects/embedded/embedded-store.ts';
import type { Database } from '../database.ts';
import { toBytes } from './keys.ts';

export function insertUpload(database: Database, upload: MultipartUpload): void {
  database
    .prepare('INSERT INTO uploads (id, bucket, key, created_at, attributes) VALUES (?, ?, ?, ?, ?)')
    .run(
      upload.uploadId,
      upload.bucket,
      toBytes(upload.key),
      upload.createdAt,
      JSON.stringify(upload.attributes),
    );
}
