/** What is read, and written to a reader, at once. A whole number of four-byte words. */
export const CHUNK_BYTES = 1024 * 1024;

/** A chunk of at least this size is passed on as it is; smaller ones are gathered. */
const LARGE_BYTES = CHUNK_BYTES / 2;

/** One chunk is being written, one waits, one is being read. */
const IN_TURN = 3;

/** The memory of one stream of chunks, whatever its length: a large chunk is good until two more of them have been made. */
export class ChunkBuffers {
  /** For what is looked at and not passed on. */
  readonly apart: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  readonly #ring = Array.from({ length: IN_TURN }, () => Buffer.allocUnsafeSlow(CHUNK_BYTES));
  #next = 0;

  /** Room for a chunk. Small ones don't count in turn: many of them are made while a large one is being written. */
  next(length: number): Buffer {
    if (length < LARGE_BYTES) return Buffer.allocUnsafe(length);
    this.#next = (this.#next + 1) % IN_TURN;
    return this.#ring[this.#next] ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
  }
}

/** Passes chunks on, small ones many at a time, each as good as one of the buffers. */
export async function* gathered(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const buffers = new ChunkBuffers();
  let gathering = buffers.next(CHUNK_BYTES);
  let length = 0;
  for await (const chunk of chunks) {
    const isLarge = chunk.length >= LARGE_BYTES;
    if (length > 0 && (isLarge || length + chunk.length > CHUNK_BYTES)) {
      yield gathering.subarray(0, length);
      gathering = buffers.next(CHUNK_BYTES);
      length = 0;
    }
    if (isLarge) {
      yield chunk;
    } else {
      chunk.copy(gathering, length);
      length += chunk.length;
    }
  }
  if (length > 0) yield gathering.subarray(0, length);
}
