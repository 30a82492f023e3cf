/**
 * Puts objects until it is killed, several at once, and says on stdout which puts have been acknowledged: `<key> <version>`. The
 * body of a version is made of it, so that a reader can tell which version it has and whether it is whole.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../../clock/system-clock.ts';
import { Database } from '../../store/database.ts';
import { FolderStore } from './folder-store.ts';
import { KeyRing } from './key-ring.ts';

export const BUCKET = 'data';

/** The first line names the version; the rest is as long as the version says. */
export function versionBytes(key: string, version: number): Buffer {
  const line = `${key} ${version}\n`;
  const length = (version * 7919) % 900_000;
  return Buffer.concat([Buffer.from(line), Buffer.alloc(length, line)]);
}

export function openStore(folder: string): { store: FolderStore; database: Database } {
  const database = new Database(join(folder, 'trainyard.db'));
  const keys = KeyRing.open(join(folder, 'keys.json'), { region: 'eu-central-1', account: '123456789012' });
  return { store: new FolderStore({ folder, database, keys, clock: systemClock }), database };
}

/** Chunks that leave the event loop time between them, so that puts interleave. */
async function* chunked(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100_000) {
    yield bytes.subarray(at, at + 100_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function putForever(store: FolderStore, key: string, firstVersion: number): Promise<never> {
  for (let version = firstVersion; ; version++) {
    await putVersion(store, key, version);
    writeSync(1, `${key} ${version}\n`);
  }
}

/** Every third version comes in parts, every second one is encrypted. */
async function putVersion(store: FolderStore, key: string, version: number): Promise<void> {
  const options = {
    headers: {},
    metadata: { version: `${version}` },
    ...(version % 2 ? { encryption: { kind: 'AES256' as const } } : {}),
  };
  const body = versionBytes(key, version);
  if (version % 3 !== 0) {
    await store.put({ bucket: BUCKET, key }, chunked(body), options);
    return;
  }
  const upload = store.createUpload({ bucket: BUCKET, key }, options);
  const { partNumber, etag } = await store.putPart(upload, 1, chunked(body), options);
  await store.completeUpload(upload, [{ partNumber, etag }], {});
}

async function main(folder: string, firstVersion: number): Promise<void> {
  const { store } = openStore(folder);
  if (store.listBuckets().length === 0) store.createBucket(BUCKET);
  await Promise.all(['a', 'b', 'c'].map((key) => putForever(store, key, firstVersion)));
}

const [, script, folder, firstVersion] = process.argv;
if (script && folder && import.meta.url === pathToFileURL(script).href)
  await main(folder, Number(firstVersion));
