import {
  closeSync,
  type FSWatcher,
  fdatasync,
  fstatSync,
  openSync,
  readSync,
  watch,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import type { Clock } from '../../clock/clock.ts';
import { NEWLINE } from '../../logs/event-bounds.ts';
import { LineTimes } from '../../logs/line-times.ts';

export interface LogTailOptions {
  readonly clock: Clock;
  /** The file has `size` bytes now, of which some are new, and their time is recorded. */
  readonly onGrowth: (size: number) => void;
  readonly onError: (error: Error) => void;
}

/** While a file grows it is looked at this often, and not watched: a notice per write would cost more than the writing. */
const HOT_MS = 50;
/** A file is looked at this often anyway: not every file system tells of what others write. */
const NET_MS = 500;

/**
 * Follows a log file and records when it grew, whoever writes to it. Waits by the platform's own timers, for it is the file system
 * that it waits for; the times that it records are the clock's.
 */
export class LogTail {
  readonly #path: string;
  readonly #options: LogTailOptions;
  readonly #file: number;
  readonly #times: LineTimes;
  #size: number;
  #watcher: FSWatcher | undefined;
  #hot: NodeJS.Timeout | undefined;
  #net: NodeJS.Timeout | undefined;
  #isFailing = false;
  #isClosed = false;

  /**
   * Opens the file, and makes it if need be. What was written while nobody followed it gets the time of the file's last change:
   * nothing in it is younger.
   */
  constructor(path: string, options: LogTailOptions) {
    this.#path = path;
    this.#options = options;
    this.#file = openSync(path, 'a+');
    this.#times = new LineTimes(path);
    const { size, mtimeMs } = fstatSync(this.#file);
    this.#times.dropBeyond(size);
    this.#times.record(size, Math.min(options.clock.now(), Math.floor(mtimeMs)));
    this.#size = size;
  }

  /** Begins to follow: tells of what is there already, if anything, and then of all that comes. */
  start(): void {
    if (this.#size > 0) this.#options.onGrowth(this.#size);
    this.#net = setInterval(() => this.#look(), NET_MS).unref();
    this.#watch();
    this.#look();
  }

  /** Looks whether the file has grown, and records it. Returns its size. */
  observe(): number {
    if (this.#isClosed) throw new Error(`${this.#path} is not followed any more`);
    const { size } = fstatSync(this.#file);
    if (size > this.#size) {
      this.#times.record(size, this.#options.clock.now());
      this.#size = size;
      this.#options.onGrowth(size);
    }
    return size;
  }

  /** Appends a line of our own, on a line of its own. */
  append(line: string): void {
    writeSync(this.#file, `${this.#endsInsideLine() ? '\n' : ''}${line}\n`);
    this.observe();
  }

  /**
   * Nothing will be written any more: ends the last line if the algorithm did not, records the time of the last bytes and brings
   * them to the disk. Returns the final size.
   */
  async finish(): Promise<number> {
    this.#rest();
    clearInterval(this.#net);
    if (this.#endsInsideLine()) writeSync(this.#file, '\n');
    if (this.observe() > 0) await promisify(fdatasync)(this.#file);
    return this.observe();
  }

  /** When the file was seen to have bytes first and last. `undefined`: it never had. */
  span(): { readonly first: number; readonly last: number } | undefined {
    const last = this.#times.last();
    const first = this.#times.first();
    return first && last && { first: first.at, last: last.at };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#rest();
    clearInterval(this.#net);
    this.#times.close();
    closeSync(this.#file);
  }

  #endsInsideLine(): boolean {
    const { size } = fstatSync(this.#file);
    if (size === 0) return false;
    const last = Buffer.alloc(1);
    readSync(this.#file, last, 0, 1, size - 1);
    return last[0] !== NEWLINE;
  }

  /** Looks; while there is something new, looks again soon, and otherwise waits to be told. */
  #look(): void {
    const before = this.#size;
    try {
      this.observe();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.#options.onError(error as Error);
      this.#isFailing = true;
    }
    if (this.#isClosed) return;
    if (this.#size > before) this.#heat();
    else if (!this.#watcher) this.#watch();
  }

  #heat(): void {
    this.#rest();
    this.#hot = setTimeout(() => {
      this.#hot = undefined;
      this.#cool();
    }, HOT_MS).unref();
  }

  /** Watches again before it looks, so that nothing can come in between unnoticed. */
  #cool(): void {
    const before = this.#size;
    this.#look();
    if (this.#size === before && !this.#hot) this.#look();
  }

  #watch(): void {
    if (this.#hot) return;
    try {
      this.#watcher = watch(this.#path, { persistent: false }, () => this.#look());
      this.#watcher.on('error', () => this.#rest());
    } catch {
      // The machine has no watches left: looking now and then has to do.
    }
  }

  #rest(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    clearTimeout(this.#hot);
    this.#hot = undefined;
  }
}
