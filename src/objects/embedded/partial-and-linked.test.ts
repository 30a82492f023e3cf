import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { EmbeddedStorage } from './embedded-storage.ts';
import { bodyOf, named, patternBytes, plain, refused, temporaryStore } from './temporary-store.fixture.ts';

const PART_BYTES = 5 * 1024 * 1024;
const content = patternBytes(PART_BYTES + 1000);
const encryption = { kind: 'aws:kms', keyId: 'alias/training' } as const;

/** A store with one content as three objects: plain, encrypted and in two parts. */
async function filledStore(t: Parameters<typeof temporaryStore>[0]) {
  const { store, folder } = temporaryStore(t);
  await store.put({ bucket: 'data', key: 'plain' }, bodyOf(content), plain);
  await store.put({ bucket: 'data', key: 'secret' }, bodyOf(content), { ...plain, encryption });
  const upload = store.createUpload({ bucket: 'data', key: 'parts' }, plain);
  const parts = [content.subarray(0, PART_BYTES), content.subarray(PART_BYTES)];
  const stored = [];
  for (const [at, part] of parts.entries())
    stored.push(named(await store.putPart(upload, at + 1, bodyOf(part), plain)));
  await store.completeUpload(upload, stored, {});
  const storage = new EmbeddedStorage(store);
  const find = async (key: string) => {
    const found = await storage.find({ bucket: 'data', key });
    assert.ok(found);
    return { ...found, bucket: 'data' };
  };
  return { store, storage, find, path: join(folder, 'file') };
}

test('some of an object’s bytes, wherever they are and however they are kept', async (t) => {
  const { storage, find, path } = await filledStore(t);
  for (const key of ['plain', 'secret', 'parts']) {
    for (const [start, length] of [
      [0, 10],
      [PART_BYTES - 7, 20],
      [PART_BYTES + 990, 10],
      [3, content.length - 3],
    ] as const) {
      await storage.downloadRange(await find(key), { start, length }, path);
      assert.ok((await readFile(path)).equals(content.subarray(start, start + length)), `${key} ${start}`);
      await rm(path);
    }
  }
});

test('links to an object’s own files, which stay when it goes', async (t) => {
  const { store, storage, find, path } = await filledStore(t);
  assert.equal(await storage.link(await find('plain'), `${path}-plain`), 1);
  assert.equal(await storage.link(await find('parts'), `${path}-parts`), 2);
  assert.equal(await storage.link(await find('secret'), `${path}-secret`), undefined);
  for (const key of ['plain', 'parts']) store.delete({ bucket: 'data', key });
  await store.close();
  const parts = [await readFile(`${path}-parts.0`), await readFile(`${path}-parts.1`)];
  assert.ok(Buffer.concat(parts).equals(content));
  assert.ok((await readFile(`${path}-plain.0`)).equals(content));
});

test('both are refused when the object is not the one that was listed', async (t) => {
  const { store, storage, find, path } = await filledStore(t);
  const listed = await find('plain');
  await store.put({ bucket: 'data', key: 'plain' }, bodyOf('other'), plain);
  await assert.rejects(storage.link(listed, path), refused('PreconditionFailed'));
  await assert.rejects(
    storage.downloadRange(listed, { start: 0, length: 1 }, path),
    refused('PreconditionFailed'),
  );
});
