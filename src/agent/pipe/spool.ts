import { existsSync, type FSWatcher, watch } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFault } from './fault-file.ts';
import { bytesFile, faultFile, type Segment, wantFile } from './segments.ts';

/** A watch may miss something, or not be had at all. */
const LOOK_MS = 250;

interface Waiter {
  readonly resolve: (path: string) => void;
  readonly reject: (error: unknown) => void;
  /** The wish was taken back, maybe before it was on the disk. */
  gaveUp: boolean;
}

/** The feeder's side of the spool: asks for segments with a file each, which stays until an agent serves it, whenever there is one. */
export class Spool {
  readonly #folder: string;
  readonly #waiting = new Map<string, Waiter>();
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Resolves with the file that holds the segment, for the caller to remove; rejects with a `JobFault` when it can't be had. */
  async fetch(id: string, segment: Segment): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const waiter = { resolve, reject, gaveUp: false };
    this.#waiting.set(id, waiter);
    this.#watch();
    const want = join(this.#folder, wantFile(id));
    await writeFile(`${want}.new`, JSON.stringify(segment));
    await rename(`${want}.new`, want);
    if (waiter.gaveUp) await this.drop(id);
    this.#look();
    return promise;
  }

  /** Takes a wish back, also one that was served. */
  async drop(id: string): Promise<void> {
    const waiter = this.#waiting.get(id);
    if (waiter) waiter.gaveUp = true;
    this.#waiting.delete(id);
    this.#rest();
    for (const name of [wantFile(id), bytesFile(id)]) await rm(join(this.#folder, name), { force: true });
  }

  #watch(): void {
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
    try {
      this.#watcher ??= watch(this.#folder, () => this.#look());
      this.#watcher.on('error', () => {});
    } catch {
      // The timer looks.
    }
  }

  #look(): void {
    for (const [id, { resolve, reject }] of this.#waiting) {
      const fault = readFault(join(this.#folder, faultFile(id)));
      const path = join(this.#folder, bytesFile(id));
      if (fault) reject(fault);
      else if (existsSync(path)) resolve(path);
      else continue;
      this.#waiting.delete(id);
    }
    this.#rest();
  }

  #rest(): void {
    if (this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#watcher?.close();
    this.#timer = undefined;
    this.#watcher = undefined;
  }
}
