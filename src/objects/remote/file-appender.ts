import type { FileHandle } from 'node:fs/promises';

/** What is gathered before it is written: an answer comes in pieces of 64 KiB, and a write of each would cost more than its bytes. */
const GATHERED_BYTES = 512 * 1024;

/** Writes bytes that come in order to their place in a file, many pieces at a time. */
export class FileAppender {
  readonly #file: FileHandle;
  #position: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  constructor(file: FileHandle, position: number) {
    this.#file = file;
    this.#position = position;
  }

  /** Takes a piece. To be awaited where it gives something to wait for. */
  take(piece: Uint8Array): Promise<void> | undefined {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    return this.#bytes >= GATHERED_BYTES ? this.flush() : undefined;
  }

  /** All that was taken is written when this resolves. */
  async flush(): Promise<void> {
    while (this.#pieces.length > 0) {
      const { bytesWritten } = await this.#file.writev(this.#pieces, this.#position);
      this.#position += bytesWritten;
      this.#bytes -= bytesWritten;
      this.#pieces = withoutFirst(this.#pieces, bytesWritten);
    }
  }
}

function withoutFirst(pieces: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes;
  return pieces.flatMap((piece) => {
    const rest = piece.subarray(Math.min(left, piece.length));
    left -= piece.length - rest.length;
    return rest.length > 0 ? [rest] : [];
  });
}
