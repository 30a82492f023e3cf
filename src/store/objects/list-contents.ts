import type { Database } from '../database.ts';

/** What is needed of an object to show it as a file. Its blobs are JSON still: most who list objects never look at them. */
export interface ListedContent {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly modifiedAt: number;
  readonly blobs: string;
}

/** The objects of a page, each column as a JSON array: SQLite hands one long text over in a third of the time of many rows. */
interface Columns {
  readonly keys: string;
  readonly sizes: string;
  readonly etags: string;
  readonly times: string;
  readonly blobs: string;
}

/** At most `limit` objects of a bucket from the key `from` on (itself too) and below the key `below`, in key order. */
export function listContents(
  database: Database,
  bucket: string,
  from: Uint8Array,
  below: Uint8Array | undefined,
  limit: number,
): ListedContent[] {
  const columns = (below
    ? database.prepare(selectWhere('bucket = ? AND key >= ? AND key < ?')).get(bucket, from, below, limit)
    : database
        .prepare(selectWhere('bucket = ? AND key >= ?'))
        .get(bucket, from, limit)) as unknown as Columns;
  const keys = JSON.parse(columns.keys) as string[];
  const sizes = JSON.parse(columns.sizes) as number[];
  const etags = JSON.parse(columns.etags) as string[];
  const times = JSON.parse(columns.times) as number[];
  const blobs = JSON.parse(columns.blobs) as string[];
  return keys.map((key, at) => ({
    key,
    size: sizes[at] as number,
    etag: etags[at] as string,
    modifiedAt: times[at] as number,
    blobs: blobs[at] as string,
  }));
}

const selectWhere = (condition: string) => `
  SELECT json_group_array(CAST(key AS TEXT)) AS keys, json_group_array(size) AS sizes,
    json_group_array(etag) AS etags, json_group_array(modified_at) AS times, json_group_array(blobs) AS blobs
  FROM (SELECT key, size, etag, modified_at, blobs FROM objects WHERE ${condition} ORDER BY key LIMIT ?)`;
