import { type FileHandle, open } from 'node:fs/promises';
import type { Clock } from '../clock/clock.ts';
import {
  characterBoundary,
  eventBounds,
  LONGEST_CONTINUATION,
  LONGEST_EVENT_BYTES,
  NEWLINE,
} from './event-bounds.ts';
import { LineTimes } from './line-times.ts';
import { messageOf } from './message.ts';

/** One event of a log stream. `start` and `end` are offsets in its file: the next event begins where this one ends. */
export interface LogEvent {
  readonly start: number;
  readonly end: number;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly message: string;
}

/** The events that begin at or behind `from`, which is a border between events, and end at or before `to`, which needn't be one. */
export interface EventRange {
  readonly from: number;
  readonly to: number;
}

/** Read at once: many short lines, and yet little where hundreds of streams are read side by side. */
const CHUNK_BYTES = 65_536;

/**
 * Reads the events of one log stream, as it is at this moment, forwards or backwards from any event's border. Holds a chunk of
 * the file at most, or one event where that is longer.
 */
export class LogReader {
  /** How much of the file there was when it was opened. No event ends behind it. */
  readonly size: number;
  readonly #file: FileHandle;
  readonly #times: LineTimes;
  readonly #now: number;

  private constructor(file: FileHandle, times: LineTimes, size: number, now: number) {
    this.#file = file;
    this.#times = times;
    this.size = size;
    this.#now = now;
  }

  /** Opens the stream at `path`. Lines that nobody has seen before are given the time of now, for good. */
  static async open(path: string, clock: Clock): Promise<LogReader> {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const times = new LineTimes(path);
      const now = clock.now();
      try {
        times.record(size, now);
      } catch {
        // A disk with no room left must not keep anyone from reading why; the time is recorded when there is room.
      }
      return new LogReader(file, times, size, now);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#times.close();
    await this.#file.close();
  }

  /** The events with `from` ≤ time < `to` (epoch milliseconds, each optional). */
  async range(from?: number, to?: number): Promise<EventRange> {
    const start =
      from === undefined ? 0 : await this.boundary(Math.min(this.#times.sizeBefore(from), this.size));
    const end = to === undefined ? this.size : Math.min(this.#times.sizeBefore(to), this.size);
    return { from: start, to: Math.max(start, end) };
  }

  /** The events from the border `from` on that end at or before `to`. */
  async *forwards(from: number, to = this.size): AsyncGenerator<LogEvent> {
    let position = from;
    let window = CHUNK_BYTES;
    while (position < to) {
      const bytes = await this.#read(position, position + window);
      let at = 0;
      for (let bounds = eventBounds(bytes, 0); bounds; bounds = eventBounds(bytes, at)) {
        if (position + bounds.end > to) return;
        yield this.#event(bytes, position, at, bounds.contentEnd, bounds.end);
        at = bounds.end;
      }
      if (at === 0 && bytes.length < window) return;
      window = at === 0 ? LONGEST_EVENT_BYTES + 1 : CHUNK_BYTES;
      position += at;
    }
  }

  /** The events before the border `to` that begin at or behind `from`, the last one first. */
  async *backwards(to: number, from = 0): AsyncGenerator<LogEvent> {
    let end = to;
    while (end > from) {
      const starts = await this.#startsBefore(end);
      const [first = 0] = starts;
      const block = end - first <= CHUNK_BYTES ? await this.#read(first, end) : undefined;
      for (const start of starts.reverse()) {
        if (start < from) return;
        const bytes = block?.subarray(start - first) ?? (await this.#read(start, end));
        const length = end - start;
        const content = bytes[length - 1] === NEWLINE ? length - 1 : length;
        yield this.#event(bytes, start, 0, content, length);
        end = start;
      }
    }
  }

  /** The last border between events at or before `limit`: where the event begins that holds the byte there, or that is yet to come. */
  async boundary(limit: number): Promise<number> {
    let border = await this.#lineStart(limit);
    for (;;) {
      const cut = await this.#cut(border, limit);
      if (cut === undefined) return border;
      border = cut;
    }
  }

  /** Where events begin before the border `end`: those of a chunk's worth of lines, or of one longer line. */
  async #startsBefore(end: number): Promise<number[]> {
    const base = Math.max(0, end - CHUNK_BYTES);
    const bytes = await this.#read(base, end);
    const first = base === 0 ? 0 : bytes.indexOf(NEWLINE) + 1;
    const holdsLineStart = base === 0 || (first > 0 && first < bytes.length);
    return holdsLineStart
      ? lineStarts(bytes, base, first)
      : this.#pieceStarts(await this.#lineStart(end - 1), end);
  }

  async #pieceStarts(lineStart: number, end: number): Promise<number[]> {
    const starts: number[] = [];
    for (let start: number | undefined = lineStart; start !== undefined && start < end; ) {
      starts.push(start);
      start = await this.#cut(start, end - 1);
    }
    return starts;
  }

  /** Where a line that has no newline before `limit` is cut first behind `start`, if that is at or before `limit`. */
  async #cut(start: number, limit: number): Promise<number | undefined> {
    if (limit - start < LONGEST_EVENT_BYTES - LONGEST_CONTINUATION) return undefined;
    const at = start + LONGEST_EVENT_BYTES;
    if (at >= this.size) return undefined;
    const bytes = await this.#read(at - LONGEST_CONTINUATION, at + 1);
    if (bytes[LONGEST_CONTINUATION] === NEWLINE) return undefined;
    const cut = at - LONGEST_CONTINUATION + characterBoundary(bytes, LONGEST_CONTINUATION);
    return cut <= limit ? cut : undefined;
  }

  /** Where the line begins that holds the byte at `offset`. */
  async #lineStart(offset: number): Promise<number> {
    for (let end = offset; end > 0; end = Math.max(0, end - CHUNK_BYTES)) {
      const base = Math.max(0, end - CHUNK_BYTES);
      const newline = (await this.#read(base, end)).lastIndexOf(NEWLINE);
      if (newline >= 0) return base + newline + 1;
    }
    return 0;
  }

  #event(bytes: Buffer, base: number, start: number, contentEnd: number, end: number): LogEvent {
    return {
      start: base + start,
      end: base + end,
      time: this.#times.timeOf(base + end) ?? this.#now,
      message: messageOf(bytes, start, contentEnd),
    };
  }

  /** The bytes of the file from `from` to `to`, or to where it ended when it was opened. */
  async #read(from: number, to: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(to, this.size) - from));
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await this.#file.read(bytes, length, bytes.length - length, from + length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  }
}

function lineStarts(bytes: Buffer, base: number, first: number): number[] {
  const starts: number[] = [];
  for (let at = first; at < bytes.length; at = bytes.indexOf(NEWLINE, at) + 1) {
    starts.push(base + at);
    if (bytes.indexOf(NEWLINE, at) < 0) break;
  }
  return starts;
}
