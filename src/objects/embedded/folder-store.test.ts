import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { checksumOf } from './checksum.ts';
import type { ChecksumAlgorithm } from './embedded-store.ts';
import { bodyOf, patternBytes, plain, refused, temporaryStore, textOf } from './temporary-store.fixture.ts';

const at = (key: string) => ({ bucket: 'data', key });

test('an object is what was put, with all that was said of it', async (t) => {
  const { store, clock } = temporaryStore(t);
  const put = await store.put(at('a'), bodyOf('hel', '', 'lo'), {
    headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' },
    metadata: { owner: 'jänis' },
    tagging: 'a=1&b=2',
  });
  assert.equal(put.etag, createHash('md5').update('hello').digest('hex'));
  const head = store.head(at('a'));
  assert.deepEqual(head, put);
  assert.equal(head.size, 5);
  assert.equal(head.modifiedAt, clock.now());
  assert.deepEqual(head.metadata, { owner: 'jänis' });
  assert.equal(head.tagging, 'a=1&b=2');
  assert.equal(await textOf(store.read(head)), 'hello');
});

test('an empty object has no file', async (t) => {
  const { store, blobFiles } = temporaryStore(t);
  const object = await store.put(at('folder/'), bodyOf(), plain);
  assert.equal(object.etag, 'd41d8cd98f00b204e9800998ecf8427e');
  assert.equal(await textOf(store.read(object)), '');
  assert.deepEqual(blobFiles(), []);
});

test('any key is a key, and none is a file name', async (t) => {
  const { store } = temporaryStore(t);
  const keys = [
    ...[
      'a',
      'a/b',
      'a/b/',
      '/',
      '//',
      '../..',
      '../../etc/passwd',
      './a',
      '\u0000',
      'line\nbreak',
      '\u0001\u001f\u007f',
    ],
    ...[
      '\u00fc',
      'u\u0308',
      '😀',
      '\u{10ffff}',
      '\ufeffbom',
      ' ',
      'a?b#c%2F',
      'C:\\x',
      'k'.repeat(1024),
      '😀'.repeat(256),
    ],
  ];
  for (const key of keys) await store.put(at(key), bodyOf(`bytes of ${key}`), plain);
  for (const key of keys) assert.equal(await textOf(store.read(store.head(at(key)))), `bytes of ${key}`);
  const listed = store.list({ bucket: 'data', prefix: '', limit: 1000 }).objects.map(({ key }) => key);
  assert.deepEqual(
    listed,
    [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  );
  for (const key of keys) store.delete(at(key));
  assert.deepEqual(store.list({ bucket: 'data', prefix: '', limit: 1000 }).objects, []);
});

test('a put whose body fails leaves what was there, and no bytes', async (t) => {
  const { store, blobFiles } = temporaryStore(t);
  const before = await store.put(at('a'), bodyOf('old'), plain);
  const files = blobFiles();
  async function* failing() {
    yield patternBytes(3 * 1024 * 1024);
    throw new Error('the client went away');
  }
  await assert.rejects(store.put(at('a'), failing(), plain), /the client went away/);
  assert.deepEqual(store.head(at('a')), before);
  assert.equal(await textOf(store.read(before)), 'old');
  assert.deepEqual(blobFiles(), files);
});

test('a put is seen when it resolves, and not before', async (t) => {
  const { store } = temporaryStore(t);
  const { promise: end, resolve: finish } = Promise.withResolvers<void>();
  async function* slow() {
    yield Buffer.from('new');
    await end;
  }
  const putting = store.put(at('a'), slow(), plain);
  assert.throws(() => store.head(at('a')), refused('NoSuchKey'));
  finish();
  await putting;
  assert.equal(await textOf(store.read(store.head(at('a')))), 'new');
});

test('Content-MD5 and checksums must be those of the body', async (t) => {
  const { store, blobFiles } = temporaryStore(t);
  const body = patternBytes(1_200_000);
  const contentMd5 = createHash('md5').update(body).digest('base64');
  await store.put(at('md5'), bodyOf(body), { ...plain, contentMd5 });
  const other = createHash('md5').update('other').digest('base64');
  await assert.rejects(
    store.put(at('no'), bodyOf(body), { ...plain, contentMd5: other }),
    refused('BadDigest'),
  );
  for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
    const value = await checksumOf(algorithm, body);
    const right = { ...plain, checksumAlgorithm: algorithm, expectedChecksum: () => ({ algorithm, value }) };
    const { checksum } = await store.put(at(algorithm), bodyOf(body), right);
    assert.deepEqual(checksum, { algorithm, value, type: 'FULL_OBJECT' });
    assert.deepEqual(store.head(at(algorithm)).checksum, checksum);
    const wrong = { ...right, expectedChecksum: () => ({ algorithm, value: 'AAAA' }) };
    await assert.rejects(store.put(at('no'), bodyOf(body), wrong), refused('BadDigest'));
  }
  assert.throws(() => store.head(at('no')), refused('NoSuchKey'));
  assert.equal(blobFiles().length, 6);
});

test('a checksum that is named only by the trailer is checked and kept', async (t) => {
  const { store } = temporaryStore(t);
  const body = patternBytes(700_000);
  let read = false;
  async function* trailing() {
    yield body;
    read = true;
  }
  const algorithm: ChecksumAlgorithm = 'CRC32C';
  const value = await checksumOf(algorithm, body);
  const expectedChecksum = () => {
    assert.ok(read, 'a trailer is known after the body only');
    return { algorithm, value };
  };
  const encryption = { kind: 'AES256' } as const;
  const { checksum } = await store.put(at('a'), trailing(), { ...plain, encryption, expectedChecksum });
  assert.deepEqual(checksum, { algorithm, value, type: 'FULL_OBJECT' });
  const wrong = { ...plain, expectedChecksum: () => ({ algorithm, value: 'AAAAAA==' }) };
  await assert.rejects(store.put(at('a'), bodyOf(body), wrong), refused('BadDigest'));
});

test('conditions decide a write', async (t) => {
  const { store, blobFiles } = temporaryStore(t);
  const put = (text: string, conditions: { ifMatch?: string; ifNoneMatch?: '*' }) =>
    store.put(at('a'), bodyOf(text), { ...plain, conditions });
  await assert.rejects(put('x', { ifMatch: '"0"' }), refused('NoSuchKey'));
  const first = await put('first', { ifNoneMatch: '*' });
  await assert.rejects(put('x', { ifNoneMatch: '*' }), refused('PreconditionFailed'));
  await assert.rejects(put('x', { ifMatch: '"0"' }), refused('PreconditionFailed'));
  assert.equal(store.head(at('a')).etag, first.etag);
  assert.equal(blobFiles().length, 1);
  const second = await put('second', { ifMatch: `"${first.etag}"` });
  await put('third', { ifMatch: second.etag });
  assert.equal(await textOf(store.read(store.head(at('a')))), 'third');
});

test('of many that may only create, one does', async (t) => {
  const { store } = temporaryStore(t);
  const puts = Array.from({ length: 8 }, (_, number) =>
    store.put(at('lock'), bodyOf(`${number}`), { ...plain, conditions: { ifNoneMatch: '*' } }),
  );
  const results = await Promise.allSettled(puts);
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
});

test('a range is a slice', async (t) => {
  const { store } = temporaryStore(t);
  const bytes = patternBytes(1_300_001);
  const object = await store.put(at('a'), bodyOf(bytes.subarray(0, 7), bytes.subarray(7)), plain);
  for (const [start, length] of [
    [0, 0],
    [0, 1],
    [1, 600_000],
    [524_287, 2],
    [1_300_000, 1],
    [1_300_001, 0],
  ] as const) {
    const stream = store.read(object, { start, length });
    assert.ok(
      Buffer.concat(await stream.toArray()).equals(bytes.subarray(start, start + length)),
      `${start}+${length}`,
    );
  }
  assert.throws(() => store.read(object, { start: 1_300_000, length: 2 }), refused('InvalidRange'));
});

test('a copy has the bytes of its source, and its words unless others are given', async (t) => {
  const { store } = temporaryStore(t);
  const said = { headers: { 'content-type': 'text/x' }, metadata: { m: '1' }, tagging: 't=1' };
  const source = await store.put(at('a'), bodyOf('source'), { ...said, checksumAlgorithm: 'SHA1' });
  const copy = await store.copy(source, at('b'), {});
  assert.deepEqual({ ...copy, key: 'a', blobs: [] }, { ...source, blobs: [] });
  const attributes = { headers: { 'content-type': 'text/y' }, metadata: {} };
  const onto = await store.copy(source, at('a'), { attributes, encryption: { kind: 'AES256' } });
  assert.equal(onto.headers['content-type'], 'text/y');
  assert.deepEqual(onto.encryption, { kind: 'AES256' });
  assert.equal(await textOf(store.read(store.head(at('a')))), 'source');
});

test('buckets are made, listed and removed by S3’s rules', async (t) => {
  const { store } = temporaryStore(t);
  assert.throws(() => store.createBucket('Bad_Name'), refused('InvalidBucketName'));
  assert.throws(() => store.createBucket('data'), refused('BucketAlreadyOwnedByYou'));
  store.createBucket('another');
  assert.deepEqual(
    store.listBuckets().map(({ name }) => name),
    ['another', 'data'],
  );
  await store.put(at('a'), bodyOf('a'), plain);
  assert.throws(() => store.deleteBucket('data'), refused('BucketNotEmpty'));
  store.delete(at('a'));
  store.deleteBucket('data');
  for (const use of [
    () => store.headBucket('data'),
    () => store.deleteBucket('data'),
    () => store.head(at('a')),
    () => store.delete(at('a')),
    () => store.list({ bucket: 'data', prefix: '', limit: 1 }),
    () => store.createUpload(at('a'), plain),
    () => store.listUploads('data', ''),
  ]) {
    assert.throws(use, refused('NoSuchBucket'));
  }
  await assert.rejects(store.put(at('a'), bodyOf('a'), plain), refused('NoSuchBucket'));
});

test('a bucket that goes while a body comes in takes it along', async (t) => {
  const { store, blobFiles } = temporaryStore(t);
  async function* body() {
    yield Buffer.from('bytes');
    store.deleteBucket('data');
  }
  await assert.rejects(store.put(at('a'), body(), plain), refused('NoSuchBucket'));
  assert.deepEqual(blobFiles(), []);
});

test('deleting what is not there succeeds', (t) => {
  const { store } = temporaryStore(t);
  store.delete(at('nothing'));
});
