import { createReadStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { inParallel } from '../../agent/in-parallel.ts';
import type { ObjectLocation, ObjectStorage, ObjectSummary } from '../../objects/object-storage.ts';
import { makeFolder } from '../../server/make-folder.ts';
import { Progress } from '../screen/progress.ts';
import { type LocalFile, totalSize } from './local-files.ts';

/** Files on their way at a time. */
const WIDTH = 8;
/** How often a large download is asked how far it is. */
const LOOK_MS = 200;
const BLOCK_BYTES = 512;

/** Where a transfer is shown, and what ends it. */
export interface TransferOptions {
  /** What the progress bar says: `uploading data`. */
  readonly what: string;
  readonly signal?: AbortSignal;
}

/** Stores files as objects below a key that may be empty or end with `/`. Resolves with their bytes. */
export async function upload(
  storage: ObjectStorage,
  files: readonly LocalFile[],
  to: (file: LocalFile) => ObjectLocation,
  { what, signal = new AbortController().signal }: TransferOptions,
): Promise<number> {
  const total = totalSize(files);
  const progress = new Progress(what, total);
  try {
    await inParallel(files, WIDTH, signal, (file, _, each) =>
      storage.upload(to(file), counted(createReadStream(file.path), progress), { signal: each }),
    );
  } finally {
    progress.end();
  }
  return total;
}

async function* counted(body: AsyncIterable<Uint8Array>, progress: Progress): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    yield chunk;
    progress.add(chunk.length);
  }
}

/** An object, and the path of the file that it is to be. */
export interface Fetched {
  readonly object: ObjectLocation & ObjectSummary;
  readonly path: string;
}

/** Brings objects to files; each is there whole or not at all, and takes the place of one that was. Resolves with their bytes. */
export async function download(
  storage: ObjectStorage,
  wanted: readonly Fetched[],
  { what, signal = new AbortController().signal }: TransferOptions,
): Promise<number> {
  const total = totalSize(wanted.map(({ object }) => object));
  const progress = new Progress(what, total);
  try {
    await inParallel(wanted, WIDTH, signal, (each, _, stop) => fetchOne(storage, each, progress, stop));
  } finally {
    progress.end();
  }
  return total;
}

async function fetchOne(
  storage: ObjectStorage,
  { object, path }: Fetched,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  makeFolder(dirname(path));
  const partial = join(dirname(path), `.${basename(path).slice(0, 200)}.${process.pid}.part`);
  let counted = 0;
  // Its ranges come in any order: what it takes up on the disk says how much has come.
  const looking = setInterval(async () => {
    const found = await stat(partial).catch(() => undefined);
    const here = Math.min(object.size, (found?.blocks ?? 0) * BLOCK_BYTES);
    if (here <= counted) return;
    progress.add(here - counted);
    counted = here;
  }, LOOK_MS);
  try {
    await rm(partial, { force: true });
    await storage.download(object, partial, signal);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  } finally {
    clearInterval(looking);
  }
  progress.add(object.size - counted);
  counted = object.size;
}
