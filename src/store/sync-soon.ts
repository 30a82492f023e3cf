import { open } from 'node:fs/promises';

/** How long a write waits for others, in milliseconds. */
const WITHIN_MS = 50;

/** Has a file's bytes brought to the disk by one of Node's threads, those of many writes at once. */
export class SyncSoon {
  readonly #path: string;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** What was written before this call is on the disk some 50 ms later. If the disk fails, the next who waits for it is told. */
  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#sync().catch(() => {});
    }, WITHIN_MS).unref();
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
