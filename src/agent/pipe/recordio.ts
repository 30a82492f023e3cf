import { CHUNK_BYTES, type ChunkBuffers } from './chunk-buffers.ts';

/**
 * RecordIO framing (training contract §2.5): `uint32 magic`, `uint32` of 3 bits kind and 29 bits length, the bytes, and zeros up to a
 * multiple of four. Little-endian. A record is split into parts at each magic word that stands at a multiple of four in its part:
 * the word itself is left out, for a reader puts it back between two parts. A part that is as long as a part can be (2^29 - 1
 * bytes) ends there for want of room, and nothing was left out after it; as no other part but the last has a length that is not a
 * multiple of four, a reader can tell the two.
 */

export const LONGEST_PART = 2 ** 29 - 1;

const WORD = 4;
/** 0xced7230a. */
const MAGIC = Buffer.from([0x0a, 0x23, 0xd7, 0xce]);
/** Looked for first: the magic word begins with a line feed, of which texts are full. */
const RARE_END = MAGIC.subarray(2);

const WHOLE = 0;
const FIRST = 1;
const MIDDLE = 2;
const LAST = 3;

/** What a record is made of, read more than once. */
export interface RecordSource {
  /** Bytes. */
  readonly size: number;
  /** The `length` bytes from `start`, in `into` or in memory of its own. */
  read(start: number, length: number, into: Buffer): Promise<Buffer>;
}

/** The frame of one record, in chunks that are good as long as the buffers say. */
export async function* frame(
  source: RecordSource,
  buffers: ChunkBuffers,
  longestPart = LONGEST_PART,
): AsyncGenerator<Buffer> {
  let start = 0;
  for (let isFirst = true; ; isFirst = false) {
    const limit = Math.min(source.size, start + longestPart);
    const found = await findMagic(source, start, limit, buffers);
    const end = found ?? limit;
    const isLast = found === undefined && end === source.size;
    yield header(isLast ? (isFirst ? WHOLE : LAST) : isFirst ? FIRST : MIDDLE, end - start);
    yield* copy(source, start, end, buffers);
    if ((end - start) % WORD > 0) yield Buffer.alloc(WORD - ((end - start) % WORD));
    if (isLast) return;
    start = found === undefined ? end : found + WORD;
  }
}

function header(kind: number, length: number): Buffer {
  const bytes = Buffer.alloc(2 * WORD);
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(kind * 2 ** 29 + length, WORD);
  return bytes;
}

async function* copy(
  source: RecordSource,
  start: number,
  end: number,
  buffers: ChunkBuffers,
): AsyncGenerator<Buffer> {
  for (let at = start; at < end; at += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, end - at);
    yield await source.read(at, length, buffers.next(length));
  }
}

/** Where the first magic word stands that begins at a multiple of four from `start` and ends before `limit`. */
async function findMagic(
  source: RecordSource,
  start: number,
  limit: number,
  buffers: ChunkBuffers,
): Promise<number | undefined> {
  // A chunk is a whole number of words, so that none is cut.
  for (let at = start; at + WORD <= limit; at += CHUNK_BYTES) {
    const found = magicIn(await source.read(at, Math.min(CHUNK_BYTES, limit - at), buffers.apart));
    if (found !== undefined) return at + found;
  }
  return undefined;
}

function magicIn(chunk: Buffer): number | undefined {
  for (let end = chunk.indexOf(RARE_END); end !== -1; end = chunk.indexOf(RARE_END, end + 1)) {
    const at = end - RARE_END.length;
    if (at >= 0 && at % WORD === 0 && chunk[at] === MAGIC[0] && chunk[at + 1] === MAGIC[1]) return at;
  }
  return undefined;
}
