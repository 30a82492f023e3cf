import type { Database } from '../../store/database.ts';
import { afterPrefix, fromBytes, toBytes } from '../../store/objects/keys.ts';
import { fromRow } from '../../store/objects/object-row.ts';
import { scanObjects } from '../../store/objects/scan-objects.ts';
import type { ListPage, ListQuery, StoredObject } from './embedded-store.ts';

/** An object, or the prefix that several have in common. */
type Entry = { readonly object: StoredObject } | { readonly commonPrefix: string };

/**
 * One page of a bucket, in the order of the keys' UTF-8 bytes. It seeks: past a common prefix, whatever is under it, and to where
 * the page before ended. So a page costs by what it shows, not by what the bucket holds.
 */
export function listPage(database: Database, query: ListQuery): ListPage {
  const objects: StoredObject[] = [];
  const commonPrefixes: string[] = [];
  let last: string | undefined;
  if (query.limit <= 0) return { objects, commonPrefixes };
  for (const entry of entries(database, query)) {
    if (last !== undefined && objects.length + commonPrefixes.length === query.limit) {
      return { objects, commonPrefixes, next: last };
    }
    if ('object' in entry) {
      objects.push(entry.object);
      last = entry.object.key;
    } else {
      commonPrefixes.push(entry.commonPrefix);
      last = entry.commonPrefix;
    }
  }
  return { objects, commonPrefixes };
}

/** What the query finds after its start, in order, without end. */
function* entries(database: Database, query: ListQuery): Generator<Entry> {
  const prefix = toBytes(query.prefix);
  const delimiter = toBytes(query.delimiter ?? '');
  const below = afterPrefix(prefix);
  let from = startOf(prefix, delimiter, query.after);
  while (from) {
    let common: Buffer | undefined;
    for (const row of scanObjects(database, query.bucket, from, below)) {
      common = commonPrefixOf(row.key, prefix, delimiter);
      if (common) break;
      yield { object: fromRow(row) };
    }
    if (!common) return;
    yield { commonPrefix: fromBytes(common) };
    from = afterPrefix(common);
  }
}

/** The least key that the query may find. `after` a key under a common prefix means after all of them: the prefix is not after it. */
function startOf(prefix: Buffer, delimiter: Buffer, after: string | undefined): Buffer | undefined {
  if (after === undefined) return prefix;
  const bytes = toBytes(after);
  if (Buffer.compare(bytes, prefix) < 0) return prefix;
  const common = bytes.subarray(0, prefix.length).equals(prefix) && commonPrefixOf(bytes, prefix, delimiter);
  return common ? afterPrefix(common) : Buffer.concat([bytes, Buffer.of(0)]);
}

/** The key up to the first delimiter after the prefix, with it; absent when it has none. */
function commonPrefixOf(key: Uint8Array, prefix: Buffer, delimiter: Buffer): Buffer | undefined {
  if (delimiter.length === 0) return undefined;
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  const at = bytes.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : bytes.subarray(0, at + delimiter.length);
}
