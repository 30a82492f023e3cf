import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { downloadFault } from '../channels/channel.ts';
import { CHUNK_BYTES, type ChunkBuffers } from './chunk-buffers.ts';
import type { PipeObject } from './pipe-plan.ts';
import type { ReadAhead } from './read-ahead.ts';
import { segmentsOf } from './segments.ts';

/** Where a feeder finds the bytes of objects. */
export interface ObjectPlace {
  /** The folder of the pins. */
  readonly pins: string;
  /** What is not pinned comes this way, in the order of the epoch. */
  readonly ahead: ReadAhead;
  readonly buffers: ChunkBuffers;
}

/** The bytes of an object in chunks. Rejects with a `JobFault` when they are not all there. */
export async function* chunksOf(object: PipeObject, place: ObjectPlace): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const file of filesOf(object, place)) {
    try {
      for (let position = 0; size < object.size; ) {
        const room = place.buffers.next(Math.min(CHUNK_BYTES, object.size - size));
        const { bytesRead } = await file.read(room, 0, room.length, position);
        if (bytesRead === 0) break;
        position += bytesRead;
        size += bytesRead;
        yield room.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }
  if (size !== object.size) {
    throw downloadFault(`object "${uriOf(object)}" has ${size} bytes, and was listed with ${object.size}`);
  }
}

/** The same, decompressed. */
export async function* decompressed(object: PipeObject, place: ObjectPlace): AsyncGenerator<Buffer> {
  if (object.size === 0) return;
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // What the stream is given it may keep for a while: it gets copies, and they are the smaller side.
  const compressed = Readable.from(copies(chunksOf(object, place)), { objectMode: false });
  compressed.on('error', (error) => gunzip.destroy(error));
  try {
    yield* compressed.pipe(gunzip);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!/^Z_/.test(code)) throw error;
    const cause = (error as Error).message;
    throw downloadFault(`object "${uriOf(object)}" can not be decompressed as Gzip: ${cause}`);
  } finally {
    compressed.destroy();
    gunzip.destroy();
  }
}

async function* copies(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}

async function* filesOf(object: PipeObject, place: ObjectPlace): AsyncGenerator<FileHandle> {
  if (object.pins) {
    for (const pin of object.pins) yield await open(join(place.pins, pin));
  } else {
    for (const _ of segmentsOf(object)) yield await place.ahead.next();
  }
}

export const uriOf = ({ bucket, key }: PipeObject): string => `s3://${bucket}/${key}`;
