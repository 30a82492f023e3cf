import { INCOMPLETE_BODY } from './errors.ts';

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Reads a stream by lines and by counted bytes. Holds one chunk of it; counted bytes are handed on without a copy. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The text up to the next CR LF, which is consumed. `undefined` where no line of at most `longest` bytes ends. */
  async line(longest: number): Promise<string | undefined> {
    let searched = 0;
    for (;;) {
      const end = this.#held.indexOf('\r\n', searched, 'latin1');
      if (end > longest || (end < 0 && this.#held.length > longest + 1)) return undefined;
      if (end >= 0) {
        const text = this.#held.toString('latin1', 0, end);
        this.#held = this.#held.subarray(end + 2);
        return text;
      }
      searched = Math.max(0, this.#held.length - 1);
      await this.#more();
    }
  }

  /** Exactly the next `count` bytes; the stream ending before that is IncompleteBody. */
  async *take(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0; ) {
      if (this.#held.length === 0) await this.#more();
      const part = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  /** Consumes CR LF; false when something else comes. */
  async lineEnd(): Promise<boolean> {
    while (this.#held.length < 2) await this.#more();
    const ends = this.#held[0] === CARRIAGE_RETURN && this.#held[1] === LINE_FEED;
    this.#held = this.#held.subarray(2);
    return ends;
  }

  /** Whether nothing is left. */
  async ended(): Promise<boolean> {
    if (this.#held.length > 0) return false;
    for (;;) {
      const { done, value } = await this.#chunks.next();
      if (done) return true;
      if (value.byteLength > 0) return false;
    }
  }

  /** Lets go of the stream. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    if (done) throw INCOMPLETE_BODY();
    const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
  }
}
