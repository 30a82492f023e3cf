import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { checksumOf } from './checksum.ts';
import type { FolderStore } from './folder-store.ts';
import {
  bodyOf,
  named,
  patternBytes,
  plain,
  refused,
  temporaryStore,
  textOf,
} from './temporary-store.fixture.ts';

const target = { bucket: 'data', key: 'model.tar.gz' };
const MIB = 1024 * 1024;

/** Two parts of 5 MiB and a short one. */
const bytes = patternBytes(10 * MIB + 12_345);
const slices = [bytes.subarray(0, 5 * MIB), bytes.subarray(5 * MIB, 10 * MIB), bytes.subarray(10 * MIB)];

const md5 = (data: Uint8Array) => createHash('md5').update(data).digest();

async function putAll(store: FolderStore, upload: { bucket: string; key: string; uploadId: string }) {
  const parts: ReturnType<typeof named>[] = [];
  for (const [at, slice] of slices.entries())
    parts.push(named(await store.putPart(upload, at + 1, bodyOf(slice), plain)));
  return parts;
}

test('parts become one object, whose ETag is of their ETags', async (t) => {
  const { store, blobFiles } = temporaryStore(t);
  const upload = store.createUpload(target, {
    headers: { 'content-type': 'application/gzip' },
    metadata: { a: 'b' },
  });
  const parts = await putAll(store, upload);
  assert.throws(() => store.head(target), refused('NoSuchKey'));
  const object = await store.completeUpload(upload, parts, {});
  assert.deepEqual(store.head(target), object);
  assert.equal(object.size, bytes.length);
  assert.equal(object.etag, `${md5(Buffer.concat(slices.map(md5))).toString('hex')}-3`);
  assert.deepEqual(object.partSizes, [5 * MIB, 5 * MIB, 12_345]);
  assert.deepEqual(object.metadata, { a: 'b' });
  assert.ok(Buffer.concat(await store.read(object).toArray()).equals(bytes));
  const across = { start: 5 * MIB - 3, length: 5 * MIB + 9 };
  const range = Buffer.concat(await store.read(object, across).toArray());
  assert.ok(range.equals(bytes.subarray(across.start, across.start + across.length)));
  assert.equal(blobFiles().length, 3);
  assert.throws(() => store.getUpload(upload), refused('NoSuchUpload'));
});

test('checksums of parts make the object’s: composite, or of the full object', async (t) => {
  const { store } = temporaryStore(t);
  for (const algorithm of ['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const) {
    const upload = store.createUpload(target, { ...plain, checksumAlgorithm: algorithm });
    assert.equal(upload.attributes.checksumType, 'COMPOSITE');
    const object = await store.completeUpload(upload, await putAll(store, upload), {});
    const sums = await Promise.all(slices.map((slice) => checksumOf(algorithm, slice)));
    const sum = await checksumOf(algorithm, Buffer.concat(sums.map((each) => Buffer.from(each, 'base64'))));
    assert.deepEqual(object.checksum, { algorithm, type: 'COMPOSITE', value: `${sum}-3` });
  }
  for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME'] as const) {
    const type = 'FULL_OBJECT';
    const upload = store.createUpload(target, { ...plain, checksumAlgorithm: algorithm, checksumType: type });
    const object = await store.completeUpload(upload, await putAll(store, upload), {});
    assert.deepEqual(object.checksum, { algorithm, type, value: await checksumOf(algorithm, bytes) });
  }
});

test('a checksum type that its algorithm has not is refused', (t) => {
  const { store } = temporaryStore(t);
  const create = (checksumAlgorithm: 'SHA1' | 'CRC64NVME', checksumType: 'FULL_OBJECT' | 'COMPOSITE') =>
    store.createUpload(target, { ...plain, checksumAlgorithm, checksumType });
  assert.throws(() => create('SHA1', 'FULL_OBJECT'), refused('InvalidRequest'));
  assert.throws(() => create('CRC64NVME', 'COMPOSITE'), refused('InvalidRequest'));
  assert.throws(
    () => store.createUpload(target, { ...plain, checksumType: 'COMPOSITE' }),
    refused('InvalidRequest'),
  );
});

test('a part must have the upload’s algorithm and the checksum that it says', async (t) => {
  const { store } = temporaryStore(t);
  const upload = store.createUpload(target, { ...plain, checksumAlgorithm: 'SHA256' });
  const put = (options: object) => store.putPart(upload, 1, bodyOf('part'), { ...plain, ...options });
  await assert.rejects(put({ checksumAlgorithm: 'CRC32' }), refused('InvalidRequest'));
  const expectedChecksum = () => ({ algorithm: 'SHA256', value: 'AAAA' });
  await assert.rejects(put({ checksumAlgorithm: 'SHA256', expectedChecksum }), refused('BadDigest'));
  await assert.rejects(put({ contentMd5: 'AAAA' }), refused('BadDigest'));
  assert.deepEqual(store.listParts(upload, 0, 10), { parts: [], more: false });
  const part = await put({});
  assert.equal(part.checksum?.value, await checksumOf('SHA256', Buffer.from('part')));
});

test('the parts that complete an upload must be its own, in order and large enough', async (t) => {
  const { store } = temporaryStore(t);
  const upload = store.createUpload(target, plain);
  const [first, second, third] = await putAll(store, upload);
  assert.ok(first && second && third);
  const complete = (...parts: { partNumber: number; etag: string; checksum?: string }[]) =>
    store.completeUpload(upload, parts, {});
  await assert.rejects(complete(), refused('InvalidRequest'));
  await assert.rejects(complete(second, first), refused('InvalidPartOrder'));
  await assert.rejects(complete(first, first), refused('InvalidPartOrder'));
  await assert.rejects(complete({ ...first, partNumber: 9 }), refused('InvalidPart'));
  await assert.rejects(complete({ ...first, etag: third.etag }), refused('InvalidPart'));
  await assert.rejects(
    complete({ partNumber: 1, etag: first.etag, checksum: 'AAAA' }),
    refused('InvalidPart'),
  );
  const small = named(await store.putPart(upload, 4, bodyOf('small'), plain));
  await assert.rejects(complete(first, third, small), refused('EntityTooSmall'));
  const object = await complete({ partNumber: 1, etag: `"${first.etag}"` }, small);
  assert.equal(object.size, 5 * MIB + 5);
});

test('completing checks its conditions, and an upload that failed to is still there', async (t) => {
  const { store } = temporaryStore(t);
  const upload = store.createUpload(target, plain);
  const part = named(await store.putPart(upload, 1, bodyOf('parts'), plain));
  await store.put(target, bodyOf('other'), plain);
  const exclusive = { conditions: { ifNoneMatch: '*' } } as const;
  await assert.rejects(store.completeUpload(upload, [part], exclusive), refused('PreconditionFailed'));
  assert.equal(await textOf(store.read(store.head(target))), 'other');
  store.delete(target);
  await store.completeUpload(upload, [part], exclusive);
  assert.equal(await textOf(store.read(store.head(target))), 'parts');
});

test('parts are listed by number, page by page; one put again replaces itself', async (t) => {
  const { store } = temporaryStore(t);
  const upload = store.createUpload(target, plain);
  for (const number of [7, 2, 10_000]) await store.putPart(upload, number, bodyOf(`part ${number}`), plain);
  const again = await store.putPart(upload, 7, bodyOf('part 7, again'), plain);
  const page = store.listParts(upload, 0, 2);
  assert.deepEqual(
    page.parts.map(({ partNumber }) => partNumber),
    [2, 7],
  );
  assert.deepEqual(page.parts[1], again);
  assert.ok(page.more);
  assert.equal(store.listParts(upload, 7, 2).more, false);
  for (const number of [0, 10_001, 1.5]) {
    await assert.rejects(store.putPart(upload, number, bodyOf('x'), plain), refused('InvalidArgument'));
  }
});

test('uploads are listed by key and age, and belong to their key', async (t) => {
  const { store, clock } = temporaryStore(t);
  const keys = ['b', 'a/2', 'a/1', 'b'];
  for (const key of keys) {
    store.createUpload({ bucket: 'data', key }, plain);
    await clock.advance(1);
  }
  const all = store.listUploads('data', '');
  assert.deepEqual(
    all.map(({ key }) => key),
    ['a/1', 'a/2', 'b', 'b'],
  );
  assert.ok((all[2]?.createdAt ?? 0) < (all[3]?.createdAt ?? 0));
  const [first] = store.listUploads('data', 'a/');
  assert.ok(first);
  assert.deepEqual(store.getUpload(first), first);
  assert.throws(() => store.getUpload({ ...first, key: 'b' }), refused('NoSuchUpload'));
});

test('an upload that is aborted, or whose bucket goes, leaves nothing', async (t) => {
  const { store, clock, blobFiles } = temporaryStore(t);
  const aborted = store.createUpload(target, plain);
  await store.putPart(aborted, 1, bodyOf('part'), plain);
  store.abortUpload(aborted);
  assert.throws(() => store.abortUpload(aborted), refused('NoSuchUpload'));
  await assert.rejects(store.putPart(aborted, 1, bodyOf('part'), plain), refused('NoSuchUpload'));
  await store.putPart(store.createUpload(target, plain), 1, bodyOf('part'), plain);
  store.deleteBucket('data');
  while (blobFiles().length > 0) await clock.advance(60_000);
});

test('a part that comes in while its upload is aborted is refused and leaves no bytes', async (t) => {
  const { store, blobFiles } = temporaryStore(t);
  const upload = store.createUpload(target, plain);
  async function* body() {
    yield Buffer.from('part');
    store.abortUpload(upload);
  }
  await assert.rejects(store.putPart(upload, 1, body(), plain), refused('NoSuchUpload'));
  assert.deepEqual(blobFiles(), []);
});

test('the one empty part makes an empty object', async (t) => {
  const { store } = temporaryStore(t);
  const upload = store.createUpload(target, plain);
  const part = named(await store.putPart(upload, 1, bodyOf(), plain));
  const object = await store.completeUpload(upload, [part], {});
  assert.equal(object.size, 0);
  assert.equal(await textOf(store.read(object)), '');
});
