import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { TIME_RECORD_BYTES, timesPath } from './log-files.ts';

/** A log file had `size` bytes at `at` (epoch milliseconds). */
export interface TimeRecord {
  readonly size: number;
  readonly at: number;
}

const BLOCK_RECORDS = 256;
/** Sizes and times fit into six of their eight bytes, which is what the platform reads as one number without a BigInt. */
const NUMBER_BYTES = 6;

/**
 * When the lines of a log file were written: the file beside it. Both numbers only ever grow from record to record, which is
 * why it can be searched. All of it is synchronous: a record is a few microseconds, and two writers in one process (who follows
 * a stream, and who reads it) can't come between each other.
 */
export class LineTimes {
  readonly #fd: number;
  #count = 0;
  #block = Buffer.alloc(0);
  #blockIndex = -1;
  /** The record that the last question was answered by: the next question is mostly about it or its neighbour. */
  #hint = 0;

  constructor(logPath: string) {
    this.#fd = openSync(timesPath(logPath), 'a+');
    this.refresh();
  }

  /** The last record. */
  last(): TimeRecord | undefined {
    this.refresh();
    return this.#count === 0 ? undefined : this.#record(this.#count - 1);
  }

  /** The first record. */
  first(): TimeRecord | undefined {
    return this.#count === 0 ? undefined : this.#record(0);
  }

  /** Notes that the file has `size` bytes now; nothing when that is known. Time never runs backwards in it. */
  record(size: number, now: number): void {
    const last = this.last();
    if (size <= (last?.size ?? 0)) return;
    const record = Buffer.alloc(TIME_RECORD_BYTES);
    record.writeUIntLE(size, 0, NUMBER_BYTES);
    record.writeUIntLE(Math.max(now, last?.at ?? 0), TIME_RECORD_BYTES / 2, NUMBER_BYTES);
    writeSync(this.#fd, record);
    this.refresh();
  }

  /** Drops records of more bytes than there are: those of a file that lost its end when the machine went down. */
  dropBeyond(size: number): void {
    while ((this.last()?.size ?? 0) > size) {
      ftruncateSync(this.#fd, (this.#count - 1) * TIME_RECORD_BYTES);
    }
  }

  /** The time of the line that ends at `end`: that of the first record that covers it. `undefined`: none that was counted does. */
  timeOf(end: number): number | undefined {
    for (const index of [this.#hint, this.#hint + 1]) {
      if (this.#covers(index, end)) {
        this.#hint = index;
        return this.#record(index).at;
      }
    }
    this.#hint = this.#firstWhere((record) => record.size >= end);
    return this.#hint < this.#count ? this.#record(this.#hint).at : undefined;
  }

  /** How much of the file is older than `time`: the lines that end at or before it are, and no others. */
  sizeBefore(time: number): number {
    const index = this.#firstWhere((record) => record.at >= time);
    return index === 0 ? 0 : this.#record(index - 1).size;
  }

  /** Counts the records anew, for there may be more by now. Half a record is what a full disk or a machine's crash left: it is cut off. */
  refresh(): void {
    const { size } = fstatSync(this.#fd);
    const torn = size % TIME_RECORD_BYTES;
    if (torn > 0) ftruncateSync(this.#fd, size - torn);
    const count = (size - torn) / TIME_RECORD_BYTES;
    if (count !== this.#count) this.#blockIndex = -1;
    this.#count = count;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #covers(index: number, end: number): boolean {
    if (index >= this.#count || this.#record(index).size < end) return false;
    return index === 0 || this.#record(index - 1).size < end;
  }

  /** Index of the first record for which `holds` does, as it does for all behind it. */
  #firstWhere(holds: (record: TimeRecord) => boolean): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(this.#record(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #record(index: number): TimeRecord {
    const block = Math.floor(index / BLOCK_RECORDS);
    if (block !== this.#blockIndex) this.#load(block);
    const at = (index % BLOCK_RECORDS) * TIME_RECORD_BYTES;
    return {
      size: this.#block.readUIntLE(at, NUMBER_BYTES),
      at: this.#block.readUIntLE(at + TIME_RECORD_BYTES / 2, NUMBER_BYTES),
    };
  }

  #load(block: number): void {
    const bytes = BLOCK_RECORDS * TIME_RECORD_BYTES;
    if (this.#block.length === 0) this.#block = Buffer.alloc(bytes);
    readSync(this.#fd, this.#block, 0, bytes, block * bytes);
    this.#blockIndex = block;
  }
}
