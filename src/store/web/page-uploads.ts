import type { Database } from '../database.ts';

/** An upload in parts, as S3 knows it. */
export interface PageUpload {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
}

/** Notes that something was heard of an upload at a time (epoch milliseconds). */
export function notePageUpload(
  database: Database,
  { uploadId, bucket, key }: PageUpload,
  heardAt: number,
): void {
  database
    .prepare(
      `INSERT INTO page_uploads (upload_id, bucket, key, heard_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (upload_id) DO UPDATE SET heard_at = excluded.heard_at`,
    )
    .run(uploadId, bucket, key, heardAt);
}

/** Those of which nothing was heard since a time (epoch milliseconds), at most `limit` of them. */
export const silentPageUploads = (database: Database, since: number, limit: number): PageUpload[] =>
  database
    .prepare('SELECT upload_id, bucket, key FROM page_uploads WHERE heard_at <= ? ORDER BY heard_at LIMIT ?')
    .all(since, limit)
    .map((row) => ({
      uploadId: String(row.upload_id),
      bucket: String(row.bucket),
      key: String(row.key),
    }));

export function dropPageUpload(database: Database, uploadId: string): void {
  database.prepare('DELETE FROM page_uploads WHERE upload_id = ?').run(uploadId);
}
