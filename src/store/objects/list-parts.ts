import type { Blob, StoredPart } from '../../objects/embedded/embedded-store.ts';
import type { Database } from '../database.ts';

/** A part, and where its bytes are: an empty part has no blob. */
export interface PartWithBlob {
  readonly part: StoredPart;
  readonly blob?: Blob;
}

interface PartRow {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly modified_at: number;
  readonly checksum: string | null;
  readonly blob: string | null;
}

/** The parts of an upload whose numbers are greater than `after`, by number: at most `limit`, or all of them. */
export function listParts(database: Database, uploadId: string, after = 0, limit = -1): PartWithBlob[] {
  const rows = database
    .prepare(`
      SELECT number, size, etag, modified_at, checksum, blob FROM upload_parts
      WHERE upload_id = ? AND number > ? ORDER BY number LIMIT ?`)
    .all(uploadId, after, limit) as unknown as PartRow[];
  return rows.map(fromRow);
}

export function findPart(database: Database, uploadId: string, number: number): PartWithBlob | undefined {
  return listParts(database, uploadId, number - 1, 1).find(({ part }) => part.partNumber === number);
}

const fromRow = (row: PartRow): PartWithBlob => ({
  part: {
    partNumber: row.number,
    size: row.size,
    etag: row.etag,
    modifiedAt: row.modified_at,
    ...(row.checksum === null
      ? {}
      : { checksum: JSON.parse(row.checksum) as NonNullable<StoredPart['checksum']> }),
  },
  ...(row.blob === null ? {} : { blob: JSON.parse(row.blob) as Blob }),
});
