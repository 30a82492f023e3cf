import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { doomedBlobs } from '../../store/objects/doomed-blobs.ts';
import { FolderStore } from './folder-store.ts';
import { BUCKET, openStore, versionBytes } from './put-objects.fixture.ts';
import { blobFiles, bodyOf, plain, temporaryStore, textOf } from './temporary-store.fixture.ts';

const target = { bucket: 'data', key: 'a' };

const blobPath = (folder: string, id: string) => join(folder, 'blobs', id.slice(0, 2), id.slice(2, 4), id);

test('a start removes what was written but never committed', async (t) => {
  const { store, folder, database, keys, clock, blobFiles } = temporaryStore(t);
  await store.put(target, bodyOf('kept'), plain);
  await store.close();
  writeFileSync(join(folder, 'incoming', '0123456789abcdef0123456789abcdef'), 'half a body');
  const next = new FolderStore({ folder, database, keys, clock });
  t.after(() => next.close());
  assert.equal(blobFiles().length, 1);
  assert.equal(await textOf(next.read(next.head(target))), 'kept');
});

test('a start moves what was committed to its place, and it can be read before', async (t) => {
  const { store, folder, database, keys, clock } = temporaryStore(t);
  const object = await store.put(target, bodyOf('committed'), plain);
  const id = object.blobs[0]?.id;
  assert.ok(id && existsSync(blobPath(folder, id)));
  renameSync(blobPath(folder, id), join(folder, 'incoming', id));
  assert.equal(await textOf(store.read(object)), 'committed');
  await store.close();
  rmSync(dirname(blobPath(folder, id)), { recursive: true });
  const next = new FolderStore({ folder, database, keys, clock });
  t.after(() => next.close());
  assert.ok(existsSync(blobPath(folder, id)));
  assert.equal(await textOf(next.read(next.head(target))), 'committed');
});

test('bytes that can’t be moved to their place when committed are not lost', async (t) => {
  const { store, folder, database, keys, clock } = temporaryStore(t);
  rmSync(join(folder, 'blobs'), { recursive: true });
  writeFileSync(join(folder, 'blobs'), 'in the way');
  const object = await store.put(target, bodyOf('safe'), plain);
  rmSync(join(folder, 'blobs'));
  assert.equal(await textOf(store.read(object)), 'safe');
  mkdirSync(join(folder, 'blobs'));
  await store.close();
  const next = new FolderStore({ folder, database, keys, clock });
  t.after(() => next.close());
  assert.deepEqual(readdirSync(join(folder, 'incoming')), []);
  assert.equal(await textOf(next.read(next.head(target))), 'safe');
});

/** Runs the writer, from version `first` on, until it has acknowledged `count` puts, and kills it. What it acknowledged, by key. */
async function putAndKill(folder: string, first: number, count: number): Promise<Map<string, number>> {
  const script = fileURLToPath(new URL('put-objects.fixture.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder, `${first}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const acknowledged = new Map<string, number>();
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [key, version] = line.split(' ');
    assert.ok(key);
    acknowledged.set(key, Number(version));
    if (++lines === count) child.kill('SIGKILL');
  }
  assert.deepEqual(await exited, [null, 'SIGKILL']);
  return acknowledged;
}

/**
 * Every object that was there before, or was acknowledged since, is there and whole: in the version that was acknowledged last, or
 * the one that was on its way. Returns the versions that are there.
 */
async function checkObjects(
  folder: string,
  first: number,
  before: ReadonlyMap<string, number>,
  acknowledged: ReadonlyMap<string, number>,
): Promise<Map<string, number>> {
  const { store, database } = openStore(folder);
  const versions = new Map<string, number>();
  try {
    for (const key of new Set([...before.keys(), ...acknowledged.keys()])) {
      const object = store.head({ bucket: BUCKET, key });
      const version = Number(object.metadata.version);
      const last = acknowledged.get(key);
      const possible = last === undefined ? [before.get(key), first] : [last, last + 1];
      assert.ok(
        possible.includes(version),
        `${key} is there in version ${version}, not in one of ${possible}`,
      );
      assert.ok((await buffer(store.read(object))).equals(versionBytes(key, version)), `${key} is not whole`);
      versions.set(key, version);
    }
    assert.deepEqual(readdirSync(join(folder, 'incoming')), []);
    for (const upload of store.listUploads(BUCKET, '')) store.abortUpload(upload);
  } finally {
    await store.close();
    database.close();
  }
  return versions;
}

test('kill -9 while objects are put: what was acknowledged is there, whole', {
  timeout: 120_000,
}, async (t) => {
  const folder = temporaryFolder(t);
  let versions = new Map<string, number>();
  for (let round = 0; round < 6; round++) {
    const first = Math.max(0, ...versions.values()) + 1;
    const acknowledged = await putAndKill(folder, first, 1 + Math.floor(Math.random() * 25));
    versions = await checkObjects(folder, first, versions, acknowledged);
  }
  const { store, database } = openStore(folder);
  await store.close();
  const named = store.list({ bucket: BUCKET, prefix: '', limit: 1000 }).objects.flatMap(({ blobs }) => blobs);
  const doomed = doomedBlobs(database, Number.MAX_SAFE_INTEGER);
  const expected = new Set([...named.map(({ id }) => id), ...doomed]);
  assert.deepEqual(
    blobFiles(folder).filter((id) => !expected.has(id)),
    [],
    'no file is left that nobody knows',
  );
  database.close();
});

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-kill-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}
