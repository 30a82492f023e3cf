import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { StepPoint } from '../../metrics/step-point.ts';
import { readMetricLine } from './metric-line.ts';

/** Read at once. A longer line is no metric. */
const CHUNK_BYTES = 1_048_576;

/** A file of an algorithm, which adds lines to it. */
export class MetricFile {
  readonly #path: string;
  #position = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Hands over the points of the lines that came since, in parts, and how many lines tell none. A part that `take` throws at comes
   * again. `atEnd`: nothing is written any more, so what has no line end is a line too.
   */
  async read(take: (points: readonly StepPoint[], unread: number) => void, atEnd: boolean): Promise<void> {
    // Whatever the algorithm puts there: a link or a FIFO must not lead or hold us.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const file = await open(this.#path, flags).catch(() => undefined);
    try {
      if (file && (await file.stat()).isFile()) await this.#readFrom(file, take, atEnd);
    } finally {
      await file?.close();
    }
  }

  async #readFrom(
    file: FileHandle,
    take: (points: readonly StepPoint[], unread: number) => void,
    atEnd: boolean,
  ): Promise<void> {
    const { size } = await file.stat();
    // It was written anew.
    if (size < this.#position) this.#position = 0;
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size - this.#position));
    while (this.#position < size) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, this.#position);
      const length = wholeLines(chunk.subarray(0, bytesRead), atEnd && this.#position + bytesRead >= size);
      if (length === 0) return;
      const lines = chunk
        .toString('utf8', 0, length)
        .split('\n')
        .filter((text) => text.trim() !== '');
      const points = lines.map(readMetricLine).filter((point) => point !== undefined);
      take(points, lines.length - points.length);
      this.#position += length;
    }
  }
}

/** How many bytes of a chunk are whole lines. A chunk full of one line is taken as it is: it gets nobody any further. */
function wholeLines(chunk: Buffer, atEnd: boolean): number {
  const end = chunk.lastIndexOf(0x0a) + 1;
  return atEnd || (end === 0 && chunk.length === CHUNK_BYTES) ? chunk.length : end;
}
