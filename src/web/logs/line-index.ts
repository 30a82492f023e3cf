import type { FileHandle } from 'node:fs/promises';

const NEWLINE = 0x0a;
const CHUNK_BYTES = 1_048_576;
/** Between two lines whose offsets are known: little enough to be read at once, much enough to be kept for a million lines. */
export const LINES_PER_MARK = 256;

/**
 * Where the lines of a growing file are: the offset of every 256th. Reading goes on where it stopped, so each byte is read once however
 * often it is asked. The bytes behind the last line end are a line too, which is still being written.
 */
export class LineIndex {
  readonly #marks: number[] = [0];
  #lines = 0;
  #position = 0;
  #lastLineStart = 0;
  #reading: Promise<void> = Promise.resolve();

  /** How many lines there are. */
  get lines(): number {
    return this.#lines + (this.#position > this.#lastLineStart ? 1 : 0);
  }

  /** How many bytes were read for it. */
  get size(): number {
    return this.#position;
  }

  /** Reads what has come since. Calls run one after the other. */
  update(file: FileHandle): Promise<void> {
    this.#reading = this.#reading.catch(() => {}).then(() => this.#read(file));
    return this.#reading;
  }

  /** The last line at or before `line` whose offset is known. */
  markBefore(line: number): { readonly line: number; readonly offset: number } {
    const index = Math.min(Math.floor(line / LINES_PER_MARK), this.#marks.length - 1);
    return { line: index * LINES_PER_MARK, offset: this.#marks[index] ?? 0 };
  }

  async #read(file: FileHandle): Promise<void> {
    const { size } = await file.stat();
    // It lost its end when the machine went down.
    if (size < this.#position) this.#restart();
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(0, size - this.#position)));
    while (this.#position < size) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, this.#position);
      if (bytesRead === 0) return;
      this.#count(chunk.subarray(0, bytesRead));
    }
  }

  #count(bytes: Buffer): void {
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
      this.#lines++;
      this.#lastLineStart = this.#position + at + 1;
      if (this.#lines % LINES_PER_MARK === 0) this.#marks.push(this.#lastLineStart);
    }
    this.#position += bytes.length;
  }

  #restart(): void {
    this.#marks.length = 1;
    this.#lines = 0;
    this.#position = 0;
    this.#lastLineStart = 0;
  }
}
