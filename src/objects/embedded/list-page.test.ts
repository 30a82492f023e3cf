import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Database } from '../../store/database.ts';
import { createBucket } from '../../store/objects/create-bucket.ts';
import { replaceObject } from '../../store/objects/replace-object.ts';
import type { ListQuery } from './embedded-store.ts';
import { listPage } from './list-page.ts';

/** A database whose bucket `data` holds these keys, without bytes. */
function bucketOf(keys: Iterable<string>): Database {
  const database = new Database(':memory:');
  database.transaction(() => {
    createBucket(database, 'data', 0);
    for (const key of keys) {
      const object = {
        bucket: 'data',
        key,
        size: 0,
        etag: 'e',
        modifiedAt: 0,
        blobs: [],
        headers: {},
        metadata: {},
      };
      replaceObject(database, object);
    }
  });
  return database;
}

/** What a page shows, in order; keys as they are, common prefixes marked. */
function entriesOf(database: Database, query: ListQuery): { entries: string[]; next: string | undefined } {
  const page = listPage(database, query);
  const entries = [
    ...page.objects.map(({ key }) => ({ name: key, shown: key })),
    ...page.commonPrefixes.map((name) => ({ name, shown: `common:${name}` })),
  ];
  return {
    entries: entries.sort((a, b) => byBytes(a.name, b.name)).map(({ shown }) => shown),
    next: page.next,
  };
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The same by the definition: fold every key, sort, cut. */
function naiveEntries(
  keys: readonly string[],
  { prefix, delimiter, after }: Omit<ListQuery, 'limit' | 'bucket'>,
): string[] {
  const names = new Map<string, string>();
  for (const key of keys.filter((each) => each.startsWith(prefix))) {
    const at = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    const common = delimiter && at >= 0 ? key.slice(0, at + delimiter.length) : undefined;
    names.set(common ?? key, common === undefined ? key : `common:${common}`);
  }
  return [...names]
    .filter(([name]) => after === undefined || byBytes(name, after) > 0)
    .sort(([a], [b]) => byBytes(a, b))
    .map(([, shown]) => shown);
}

// Few different characters, so that prefixes are shared and delimiters met; some of one, two, three and four bytes.
const text = (maxLength: number) =>
  fc
    .array(fc.constantFrom('a', 'b', '/', '\u0000', 'é', '\uffff', '😀', '\u{10ffff}'), { maxLength })
    .map((c) => c.join(''));

test('lists what the definition says, page by page, for any keys', () => {
  const query = fc.record({
    keys: fc.uniqueArray(text(6), { maxLength: 30 }),
    prefix: text(2),
    delimiter: fc.option(fc.constantFrom('/', 'b', '/a', '😀', ''), { nil: undefined }),
    after: fc.option(text(4), { nil: undefined }),
    limit: fc.integer({ min: 1, max: 7 }),
  });
  fc.assert(
    fc.property(query, ({ keys, prefix, delimiter, after, limit }) => {
      const database = bucketOf(keys);
      const shape = { bucket: 'data', prefix, ...(delimiter === undefined ? {} : { delimiter }) };
      const expected = naiveEntries(keys, { ...shape, ...(after === undefined ? {} : { after }) });
      const seen: string[] = [];
      for (let from = after, more = true; more; ) {
        const page = entriesOf(database, { ...shape, limit, ...(from === undefined ? {} : { after: from }) });
        assert.equal(page.entries.length, Math.min(limit, expected.length - seen.length));
        seen.push(...page.entries);
        more = page.next !== undefined;
        from = page.next;
      }
      assert.deepEqual(seen, expected);
      database.close();
    }),
    { numRuns: 300 },
  );
});

test('orders keys by their UTF-8 bytes, not by UTF-16 units', () => {
  // U+FF5E comes before U+1F600 in UTF-8, after its first surrogate in UTF-16.
  const database = bucketOf(['😀', '～', 'z', 'a/b', 'a', 'a\u0001']);
  const { entries } = entriesOf(database, { bucket: 'data', prefix: '', limit: 10 });
  assert.deepEqual(entries, ['a', 'a\u0001', 'a/b', 'z', '～', '😀']);
  database.close();
});

test('a limit of none shows none and is not a page with a next one', () => {
  const database = bucketOf(['a']);
  assert.deepEqual(listPage(database, { bucket: 'data', prefix: '', limit: 0 }), {
    objects: [],
    commonPrefixes: [],
  });
  database.close();
});

test('a common prefix costs one row, however many keys are under it', () => {
  const database = bucketOf(
    (function* () {
      for (let at = 0; at < 20_000; at++) yield `under/${at}`;
      yield 'a';
      yield 'z';
    })(),
  );
  let rows = 0;
  const prepare = database.prepare.bind(database);
  database.prepare = (sql) => counting(prepare(sql), () => rows++);
  const { entries } = entriesOf(database, { bucket: 'data', prefix: '', delimiter: '/', limit: 1000 });
  assert.deepEqual(entries, ['a', 'common:under/', 'z']);
  assert.equal(rows, 3);
  database.close();
});

/** The statement, telling of each row that is read from it. */
function counting(
  statement: ReturnType<Database['prepare']>,
  onRow: () => void,
): ReturnType<Database['prepare']> {
  return new Proxy(statement, {
    get(target, name) {
      if (name !== 'iterate') return Reflect.get(target, name).bind(target);
      return function* (...values: Parameters<typeof target.iterate>) {
        for (const row of target.iterate(...values)) {
          onRow();
          yield row;
        }
      };
    },
  });
}
