import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CHUNK_BYTES } from './chunk-buffers.ts';
import { chunksOf, type ObjectPlace } from './object-bytes.ts';
import type { PipeObject } from './pipe-plan.ts';
import type { RecordSource } from './recordio.ts';

/** A record that is in memory. */
export function inMemory(bytes: Buffer): RecordSource {
  return { size: bytes.length, read: async (start, length) => bytes.subarray(start, start + length) };
}

/**
 * A record must be looked through before its first byte is written: an object's bytes are read twice where they are, or, where they
 * pass by only once, kept. `use` gets them as a source.
 */
export async function* withObject<T>(
  object: PipeObject,
  place: ObjectPlace,
  use: (source: RecordSource) => AsyncIterable<T>,
): AsyncGenerator<T> {
  if (!object.pins || object.size <= CHUNK_BYTES) {
    yield* withKept(chunksOf(object, place), place.pins, use);
    return;
  }
  const files: FileHandle[] = [];
  try {
    for (const pin of object.pins) files.push(await open(join(place.pins, pin)));
    yield* use(await acrossFiles(files));
  } finally {
    for (const file of files) await file.close();
  }
}

/** Keeps what passes by: in memory when it is little, else in a file in `folder` that has no name and goes with its handle. */
export async function* withKept<T>(
  chunks: AsyncIterable<Buffer>,
  folder: string,
  use: (source: RecordSource) => AsyncIterable<T>,
): AsyncGenerator<T> {
  let kept: Buffer[] = [];
  let size = 0;
  let file: FileHandle | undefined;
  try {
    for await (const chunk of chunks) {
      size += chunk.length;
      kept.push(Buffer.from(chunk));
      if (size <= CHUNK_BYTES) continue;
      file ??= await namelessFile(folder);
      for (const piece of kept) await file.appendFile(piece);
      kept = [];
    }
    yield* use(file ? await acrossFiles([file]) : inMemory(Buffer.concat(kept)));
  } finally {
    await file?.close();
  }
}

let made = 0;

async function namelessFile(folder: string): Promise<FileHandle> {
  const path = join(folder, `kept.${made++}`);
  const file = await open(path, 'wx+');
  await rm(path);
  return file;
}

async function acrossFiles(files: readonly FileHandle[]): Promise<RecordSource> {
  const sizes: number[] = [];
  for (const file of files) sizes.push((await file.stat()).size);
  return {
    size: sizes.reduce((sum, size) => sum + size, 0),
    async read(start, length, into) {
      let done = 0;
      let fileStart = 0;
      for (const [index, file] of files.entries()) {
        const fileEnd = fileStart + (sizes[index] ?? 0);
        while (done < length && start + done >= fileStart && start + done < fileEnd) {
          const most = Math.min(length - done, fileEnd - start - done);
          const { bytesRead } = await file.read(into, done, most, start + done - fileStart);
          if (bytesRead === 0) throw new Error('a file became shorter while it was read');
          done += bytesRead;
        }
        fileStart = fileEnd;
      }
      return into.subarray(0, done);
    },
  };
}
