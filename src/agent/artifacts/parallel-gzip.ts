import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';
import { gather } from '../../objects/gather.ts';

const deflate = promisify<Buffer, object, Buffer>(deflateRaw);

/** Bytes that are compressed at a time, by one thread. */
export const BLOCK_BYTES = 1024 * 1024;
/** How far back deflate looks: a block knows as much of the one before it. */
const WINDOW_BYTES = 32 * 1024;
/** A block that hardly gets smaller grows a little: with this much room its output is one buffer. */
const OUTPUT_BYTES = BLOCK_BYTES + 64 * 1024;
/** Node's own number of threads, unless its user asks for another. */
const DEFAULT_THREADS = 4;

/** RFC 1952: gzip's mark, deflate, no flags, no time, "fastest algorithm", Unix. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3]);
/** RFC 1951: an empty last block of fixed codes. */
const LAST_BLOCK = Buffer.from([0x03, 0x00]);

/**
 * Compresses a body with all processors, as pigz does: its blocks are deflated side by side in Node's threads and follow each other
 * in one gzip member, so that every reader takes it for an ordinary file. At most two blocks per processor are in memory.
 */
export async function* parallelGzip(
  body: AsyncIterable<Uint8Array>,
  level: number,
  width = threadsToUse(),
): AsyncGenerator<Buffer> {
  const inThreads = limited(width);
  const underWay: Promise<Buffer>[] = [];
  let dictionary: Buffer | undefined;
  let sum = 0;
  let size = 0;
  yield HEADER;
  for await (const block of gather(body, () => BLOCK_BYTES)) {
    const known = dictionary;
    const deflated = inThreads(() => deflateBlock(block, level, known));
    // Its failure is met when its turn comes, unless the reader has gone.
    deflated.catch(() => undefined);
    underWay.push(deflated);
    dictionary = block.subarray(-WINDOW_BYTES);
    sum = crc32(block, sum);
    size += block.length;
    if (underWay.length >= 2 * width) yield* first(underWay);
  }
  while (underWay.length > 0) yield* first(underWay);
  yield LAST_BLOCK;
  yield trailer(sum, size);
}

/** The next block's output. It is let go of before the next is waited for. */
async function* first(underWay: Promise<Buffer>[]): AsyncGenerator<Buffer> {
  const next = underWay.shift();
  if (next) yield await next;
}

/** Ends on a byte's boundary, so that the next block can follow. */
const deflateBlock = (block: Buffer, level: number, dictionary: Buffer | undefined): Promise<Buffer> =>
  deflate(block, {
    level,
    chunkSize: OUTPUT_BYTES,
    finishFlush: constants.Z_SYNC_FLUSH,
    ...(dictionary && { dictionary }),
  });

function trailer(sum: number, size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(sum, 0);
  bytes.writeUInt32LE(size % 2 ** 32, 4);
  return bytes;
}

/** One of Node's threads stays free: what reads and writes files waits there too. */
function threadsToUse(): number {
  const threads = Number(process.env.UV_THREADPOOL_SIZE) || DEFAULT_THREADS;
  return Math.max(1, Math.min(availableParallelism(), threads - 1));
}

/** Does what it is given in order, at most `width` at a time. */
function limited(width: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = width;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
