import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ObjectSummary } from '../object-storage.ts';
import { EmbeddedStorage } from './embedded-storage.ts';
import type { StoredObject } from './embedded-store.ts';
import {
  bodyOf,
  named,
  patternBytes,
  plain,
  refused,
  temporaryStore,
  textOf,
} from './temporary-store.fixture.ts';

const MIB = 1024 * 1024;

function temporaryStorage(t: TestContext) {
  const temporary = temporaryStore(t);
  const target = mkdtempSync(join(tmpdir(), 'trainyard-downloads-'));
  t.after(() => rmSync(target, { recursive: true }));
  return { ...temporary, storage: new EmbeddedStorage(temporary.store), path: join(target, 'file') };
}

async function listed(storage: EmbeddedStorage, prefix = '', limit?: number): Promise<ObjectSummary[]> {
  const found: ObjectSummary[] = [];
  for await (const object of storage.list('data', prefix, limit === undefined ? {} : { limit }))
    found.push(object);
  return found;
}

const asListed = ({ bucket, key, size, etag, modifiedAt }: StoredObject) => ({
  bucket,
  key,
  size,
  etag: `"${etag}"`,
  lastModified: new Date(modifiedAt),
});

test('lists all pages, or as many as asked for', async (t) => {
  const { store, storage, clock } = temporaryStorage(t);
  const keys = Array.from({ length: 1203 }, (_, at) => `p/${String(at).padStart(4, '0')}`);
  await Promise.all(['o', 'q', ...keys].map((key) => store.put({ bucket: 'data', key }, bodyOf(), plain)));
  const all = await listed(storage, 'p/');
  assert.deepEqual(
    all.map(({ key }) => key),
    keys,
  );
  assert.deepEqual(all[0], {
    key: 'p/0000',
    size: 0,
    etag: '"d41d8cd98f00b204e9800998ecf8427e"',
    lastModified: new Date(clock.now()),
  });
  assert.equal((await listed(storage, 'p/', 1001)).length, 1001);
  assert.equal((await listed(storage, 'p/', 0)).length, 0);
  await assert.rejects(storage.list('nowhere', '')[Symbol.asyncIterator]().next(), refused('NoSuchBucket'));
  assert.deepEqual(await Promise.all(['data', 'nowhere'].map((bucket) => storage.bucketExists(bucket))), [
    true,
    false,
  ]);
});

test('finds one object by its whole key', async (t) => {
  const { store, storage } = temporaryStorage(t);
  const object = await store.put({ bucket: 'data', key: 'p/a' }, bodyOf('abc'), plain);
  const { bucket: _, ...expected } = asListed(object);
  assert.deepEqual(await storage.find({ bucket: 'data', key: 'p/a' }), expected);
  assert.equal(await storage.find({ bucket: 'data', key: 'p/' }), undefined);
  assert.equal(await storage.find({ bucket: 'nowhere', key: 'p/a' }), undefined);
});

test('brings an object of any kind to a file of its own', async (t) => {
  const { store, storage, path } = temporaryStorage(t);
  const encryption = { kind: 'AES256' } as const;
  const bytes = patternBytes(17 * MIB + 3);
  const small = bytes.subarray(0, 100_001);
  const upload = store.createUpload({ bucket: 'data', key: 'in parts' }, { ...plain, encryption });
  const parts = [
    await store.putPart(upload, 1, bodyOf(bytes.subarray(0, 6 * MIB)), plain),
    await store.putPart(upload, 2, bodyOf(bytes.subarray(6 * MIB)), plain),
  ];
  const put = (key: string, body: Buffer, options: object) =>
    store.put({ bucket: 'data', key }, bodyOf(body), { ...plain, ...options });
  const objects = [
    [await put('small', small, {}), small],
    [await put('small, encrypted', small, { encryption }), small],
    [await put('large', bytes, {}), bytes],
    [await put('large, encrypted', bytes, { encryption }), bytes],
    [await store.completeUpload(upload, parts.map(named), {}), bytes],
    [await put('empty', Buffer.alloc(0), { encryption }), Buffer.alloc(0)],
  ] as const;
  for (const [object, expected] of objects) {
    await storage.download(asListed(object), path);
    assert.ok(readFileSync(path).equals(expected), object.key);
    const { mode, nlink } = statSync(path);
    assert.equal(mode & 0o777, 0o644, object.key);
    assert.equal(nlink, 1);
    writeFileSync(path, 'changed by who got it');
    assert.ok(Buffer.concat(await store.read(object).toArray()).equals(expected), object.key);
    rmSync(path);
  }
});

test('an object that is no longer the listed one is not brought', async (t) => {
  const { store, storage, path } = temporaryStorage(t);
  const target = { bucket: 'data', key: 'a' };
  const object = asListed(await store.put(target, bodyOf('old'), plain));
  await store.put(target, bodyOf('new'), plain);
  await assert.rejects(storage.download(object, path), {
    code: 'PreconditionFailed',
    message: /s3:\/\/data\/a /,
  });
  await assert.rejects(
    storage.download({ ...asListed(store.head(target)), size: 4 }, path),
    refused('PreconditionFailed'),
  );
  store.delete(target);
  await assert.rejects(storage.download(object, path), refused('NoSuchKey'));
  assert.ok(!existsSync(path));
});

test('a download never writes over a file, nor leaves one when it is aborted', async (t) => {
  const { store, storage, path } = temporaryStorage(t);
  const bytes = patternBytes(18 * MIB);
  for (const encryption of [undefined, { kind: 'AES256' as const }]) {
    const options = { ...plain, ...(encryption ? { encryption } : {}) };
    const object = asListed(await store.put({ bucket: 'data', key: 'a' }, bodyOf(bytes), options));
    writeFileSync(path, 'mine');
    await assert.rejects(storage.download(object, path), { code: 'EEXIST' });
    assert.equal(readFileSync(path, 'utf8'), 'mine');
    rmSync(path);
    const reason = new Error('stopped');
    await assert.rejects(storage.download(object, path, AbortSignal.abort(reason)), reason);
    const controller = new AbortController();
    const downloading = storage.download(object, path, controller.signal);
    controller.abort(reason);
    await assert.rejects(downloading, reason);
    assert.ok(!existsSync(path));
  }
});

test('an upload aborted midway rejects with the reason, though its body never ends, and leaves what was there', async (t) => {
  const { store, storage, blobFiles } = temporaryStorage(t);
  const target = { bucket: 'data', key: 'a' };
  await storage.upload(target, bodyOf('before'));
  const files = blobFiles();
  const controller = new AbortController();
  async function* endless() {
    yield Buffer.from('some');
    queueMicrotask(() => controller.abort(new Error('stopped')));
    await new Promise(() => undefined);
  }
  await assert.rejects(storage.upload(target, endless(), { signal: controller.signal }), /stopped/);
  assert.equal(await textOf(store.read(store.head(target))), 'before');
  assert.deepEqual(blobFiles(), files);
});

test('an upload carries its type and its key', async (t) => {
  const { store, storage } = temporaryStorage(t);
  const target = { bucket: 'data', key: 'model.tar.gz' };
  await storage.upload(target, bodyOf('a', 'b'), {
    contentType: 'application/gzip',
    kmsKeyId: 'alias/training',
  });
  const object = store.head(target);
  assert.equal(object.headers['content-type'], 'application/gzip');
  assert.equal(object.encryption?.kind, 'aws:kms');
  assert.equal(await textOf(store.read(object)), 'ab');
  await assert.rejects(
    storage.upload(target, bodyOf('c'), { kmsKeyId: 'none' }),
    refused('KMS.NotFoundException'),
  );
});

test('a removed object is gone, and removing what is not there is no error', async (t) => {
  const { store, storage } = temporaryStorage(t);
  const target = { bucket: 'data', key: 'a' };
  await store.put(target, bodyOf('x'), plain);
  await storage.delete(target);
  assert.throws(() => store.head(target), refused('NoSuchKey'));
  await storage.delete(target);
  await assert.rejects(storage.delete({ ...target, bucket: 'nowhere' }), refused('NoSuchBucket'));
});
