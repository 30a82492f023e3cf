import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { TestClock } from '../../clock/test-clock.ts';
import { Database } from '../../store/database.ts';
import { ObjectStorageError } from '../object-storage.ts';
import type { StoredPart } from './embedded-store.ts';
import { FolderStore } from './folder-store.ts';
import { KeyRing } from './key-ring.ts';

export const REGION = 'eu-central-1';
export const ACCOUNT = '123456789012';

/** A store in a folder of its own, which is removed after the test. It has the bucket `data`. */
export function temporaryStore(t: Pick<TestContext, 'after'>) {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-objects-'));
  const clock = new TestClock();
  const database = new Database(join(folder, 'trainyard.db'));
  const keys = KeyRing.open(join(folder, 'keys.json'), {
    region: REGION,
    account: ACCOUNT,
    keys: ['training'],
  });
  const store = new FolderStore({ folder, database, keys, clock });
  store.createBucket('data');
  t.after(async () => {
    await store.close();
    database.close();
    rmSync(folder, { recursive: true });
  });
  return { folder, clock, database, keys, store, blobFiles: () => blobFiles(folder) };
}

/** The ids of the blob files under a store's folder, those on their way included. */
export function blobFiles(folder: string): string[] {
  return ['blobs', 'incoming']
    .flatMap((name) => readdirSync(join(folder, name), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
}

/** All bytes of all files under a folder. */
export function allBytes(folder: string): Buffer {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Buffer.concat(files.map((entry) => readFileSync(join(entry.parentPath, entry.name))));
}

/** What a put takes when nothing is asked for. */
export const plain = { headers: {}, metadata: {} } as const;

/** A body of these chunks. */
export async function* bodyOf(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

export const textOf = async (stream: Readable): Promise<string> => (await buffer(stream)).toString();

/** For `assert.throws` and `assert.rejects`: an `ObjectStorageError` of this code. */
export const refused = (code: string) => (error: unknown) => {
  if (error instanceof ObjectStorageError && error.code === code) return true;
  throw error;
};

/** A stored part as a client names it to complete the upload. */
export const named = ({ partNumber, etag, checksum }: StoredPart) => ({
  partNumber,
  etag,
  ...(checksum ? { checksum: checksum.value } : {}),
});

/** Bytes that no two places have alike: a test that mixes up offsets fails. */
export function patternBytes(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let state = 0x9e3779b9;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
