import { open } from 'node:fs/promises';

/** How long a write waits for others, in milliseconds. */
const WITHIN_MS = 50;

/** Has a file's bytes brought to the disk by one of Node's threads, those of many writes at once. */
export class SyncSoon {
  readonly #path: string;
  #timer: NodeJS.Timeout | undefined;
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** What was written before this call is on the disk some 50 ms later. If the disk fails, the next who waits for it is told. */
  soon(): void {
    this.#timer ??= setTimeout(() => {
      void this.now().catch(() => {});
    }, WITHIN_MS).unref();
  }

  /** Resolves when what was written before this call is on the disk. Rejects when the disk fails. */
  now(): Promise<void> {
    // The one that is under way may have begun before that was written.
    this.#next ??= this.#afterCurrent();
    return this.#next;
  }

  async #afterCurrent(): Promise<void> {
    await this.#current?.catch(() => {});
    this.#current = this.#next;
    this.#next = undefined;
    // What was to follow soon is a part of it.
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#sync();
  }

  /** What is asked for and not yet begun is left out. */
  close(): void {
    clearTimeout(this.#timer);
  }

  /** Rejects where there is no such file: a database in memory has none. */
  async #sync(): Promise<void> {
    await using file = await open(this.#path, 'r');
    await file.datasync();
  }
}
