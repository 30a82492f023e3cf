import { type FileHandle, open } from 'node:fs/promises';
import { LineTimes } from '../../logs/line-times.ts';
import type { LogStreams } from '../../logs/log-streams.ts';
import type { LogStreamRow } from '../../store/logs/log-stream-row.ts';
import { fileLines } from './file-lines.ts';
import { LineIndex } from './line-index.ts';

/** The indexes that are kept, of the streams that were looked at last. */
const MOST_INDEXES = 64;
/** What one search reads; the client goes on behind it. */
const SEARCHED_BYTES = 64 * 1_048_576;

/** A line of a log as the page shows it: [epoch milliseconds, text, bytes that were cut off]. */
export type ShownLine = readonly [number, string, number];

export interface Found {
  /** The numbers of the lines, from 0. */
  readonly lines: readonly number[];
  /** Where to go on; absent at the end. */
  readonly next?: number;
}

/** Looks at logs by the numbers of their lines, wherever in a million of them. */
export class LogViews {
  readonly #streams: LogStreams;
  readonly #indexes = new Map<number, LineIndex>();

  constructor(streams: LogStreams) {
    this.#streams = streams;
  }

  /** How many lines and bytes a stream has now. */
  async extent(stream: LogStreamRow): Promise<{ readonly lines: number; readonly bytes: number }> {
    return this.#with(stream, async (_, index) => ({ lines: index.lines, bytes: index.size }));
  }

  /** `count` lines from the line `first` (from 0) on, as far as there are, and how many there are in all. */
  async lines(
    stream: LogStreamRow,
    first: number,
    count: number,
  ): Promise<{ readonly total: number; readonly lines: readonly ShownLine[] }> {
    return this.#with(stream, async (file, index) => {
      const times = this.#times(stream, index.size);
      try {
        const now = this.#streams.clock.now();
        const lines: ShownLine[] = [];
        const mark = index.markBefore(first);
        let number = mark.line;
        for await (const { text, end, cut } of fileLines(file, mark.offset, index.size)) {
          if (lines.length === count) break;
          if (number++ >= first) lines.push([times.timeOf(end) ?? now, text, cut]);
        }
        return { total: index.lines, lines };
      } finally {
        times.close();
      }
    });
  }

  /** The lines from `first` on that hold a text, whatever the case of its letters. At most `most` of them. */
  async search(stream: LogStreamRow, text: string, first: number, most: number): Promise<Found> {
    const wanted = text.toLowerCase();
    return this.#with(stream, async (file, index) => {
      const found: number[] = [];
      const mark = index.markBefore(first);
      let number = mark.line;
      for await (const line of fileLines(file, mark.offset, index.size)) {
        if (number >= first && line.text.toLowerCase().includes(wanted)) found.push(number);
        number++;
        if (found.length === most || line.end - mark.offset > SEARCHED_BYTES)
          return { lines: found, next: number };
      }
      return { lines: found };
    });
  }

  async #with<Result>(
    stream: LogStreamRow,
    look: (file: FileHandle, index: LineIndex) => Promise<Result>,
  ): Promise<Result> {
    const file = await open(this.#streams.path(stream));
    try {
      const index = this.#indexOf(stream);
      await index.update(file);
      return await look(file, index);
    } finally {
      await file.close();
    }
  }

  #indexOf({ id }: LogStreamRow): LineIndex {
    const index = this.#indexes.get(id) ?? new LineIndex();
    this.#indexes.delete(id);
    this.#indexes.set(id, index);
    for (const oldest of this.#indexes.keys().take(Math.max(0, this.#indexes.size - MOST_INDEXES)))
      this.#indexes.delete(oldest);
    return index;
  }

  /** The lines that nobody has seen before are given the time of now, for good. */
  #times(stream: LogStreamRow, size: number): LineTimes {
    const times = new LineTimes(this.#streams.path(stream));
    try {
      times.record(size, this.#streams.clock.now());
    } catch {
      // A full disk must not keep anyone from reading why.
    }
    return times;
  }
}
