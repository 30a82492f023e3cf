import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { READING_GRACE_MS } from './reclaimer.ts';
import {
  blobFiles,
  bodyOf,
  named,
  patternBytes,
  plain,
  refused,
  temporaryStore,
} from './temporary-store.fixture.ts';

const PART = patternBytes(5 * 1024 * 1024);
const LAST = Buffer.from('the end');
const target = { bucket: 'data', key: 'parts' };

async function inParts(t: Parameters<typeof temporaryStore>[0]) {
  const made = temporaryStore(t);
  const upload = made.store.createUpload(target, plain);
  const parts = [];
  for (const [at, part] of [PART, LAST].entries())
    parts.push(await made.store.putPart(upload, at + 1, bodyOf(part), plain));
  await made.store.completeUpload(upload, parts.map(named), {});
  return made;
}

const never = new AbortController().signal;

test('an object in parts is the same object in one file, and the files of the parts go after a while', async (t) => {
  const { store, folder, clock } = await inParts(t);
  const before = store.head(target);
  const joined = await store.join(before, never);
  assert.deepEqual(store.head(target), joined);
  assert.deepEqual(joined, { ...before, blobs: joined?.blobs });
  assert.equal(joined?.blobs.length, 1);
  assert.ok((await buffer(store.read(before))).equals(Buffer.concat([PART, LAST])), 'who reads it goes on');
  assert.ok((await buffer(store.read(store.head(target)))).equals(Buffer.concat([PART, LAST])));
  await clock.advance(2 * READING_GRACE_MS);
  while (blobFiles(folder).length > 1) await nextTurn();
  assert.deepEqual(
    blobFiles(folder),
    joined?.blobs.map(({ id }) => id),
  );
});

test('an object that was replaced meanwhile stays what it is', async (t) => {
  const { store } = await inParts(t);
  const before = store.head(target);
  await store.put(target, bodyOf('new'), plain);
  await assert.rejects(store.join(before, never), refused('PreconditionFailed'));
  assert.equal((await buffer(store.read(store.head(target)))).toString(), 'new');
});

test('nothing is joined that is in one file', async (t) => {
  const { store } = await inParts(t);
  const whole = await store.put({ bucket: 'data', key: 'whole' }, bodyOf('whole'), plain);
  assert.equal(await store.join(whole, never), undefined);
});
