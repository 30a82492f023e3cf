import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { FolderStore } from './folder-store.ts';
import { READING_GRACE_MS } from './reclaimer.ts';
import { bodyOf, patternBytes, plain, temporaryStore, textOf } from './temporary-store.fixture.ts';

const target = { bucket: 'data', key: 'a' };

/** Lets time pass until the store has that many blob files. */
async function reclaimedTo(
  count: number,
  { clock, blobFiles }: ReturnType<typeof temporaryStore>,
): Promise<void> {
  while (blobFiles().length !== count) await clock.advance(READING_GRACE_MS);
}

test('replaced and deleted bytes go, after the grace of those who were about to read them', async (t) => {
  const temporary = temporaryStore(t);
  const { store, clock, blobFiles } = temporary;
  const old = await store.put(target, bodyOf('old'), plain);
  await store.put(target, bodyOf('new'), plain);
  await clock.advance(READING_GRACE_MS - 1);
  assert.equal(await textOf(store.read(old)), 'old', 'who has read the row may still open it');
  await reclaimedTo(1, temporary);
  store.delete(target);
  assert.equal(blobFiles().length, 1);
  await reclaimedTo(0, temporary);
});

test('a reader reads on, whatever becomes of the object and however long it takes', async (t) => {
  const temporary = temporaryStore(t);
  const { store, clock, blobFiles } = temporary;
  const bytes = patternBytes(9 * 1024 * 1024);
  const object = await store.put(target, bodyOf(bytes), plain);
  const notOpenedYet = store.read(object);
  store.delete(target);
  for (let round = 0; round < 5; round++) await clock.advance(READING_GRACE_MS);
  assert.equal(blobFiles().length, 1);
  assert.ok((await buffer(notOpenedYet)).equals(bytes));
  await reclaimedTo(0, temporary);
});

test('a reader that breaks off lets the bytes go', async (t) => {
  const temporary = temporaryStore(t);
  const { store } = temporary;
  const stream = store.read(await store.put(target, bodyOf(patternBytes(3_000_000)), plain));
  for await (const chunk of stream) {
    assert.ok(chunk.length > 0);
    break;
  }
  store.delete(target);
  await reclaimedTo(0, temporary);
});

test('a copy onto itself reads what it replaces', async (t) => {
  const temporary = temporaryStore(t);
  const bytes = patternBytes(2_000_000);
  const source = await temporary.store.put(target, bodyOf(bytes), plain);
  const copy = await temporary.store.copy(source, target, { encryption: { kind: 'AES256' } });
  await reclaimedTo(1, temporary);
  assert.ok((await buffer(temporary.store.read(copy))).equals(bytes));
});

test('what a stop left to be removed is removed after the next start', async (t) => {
  const temporary = temporaryStore(t);
  const { store, folder, database, keys, clock } = temporary;
  await store.put(target, bodyOf('old'), plain);
  await store.put(target, bodyOf('new'), plain);
  await store.close();
  const next = new FolderStore({ folder, database, keys, clock });
  t.after(() => next.close());
  await reclaimedTo(1, temporary);
  assert.equal(await textOf(next.read(next.head(target))), 'new');
});
