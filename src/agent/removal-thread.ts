import { Worker } from 'node:worker_threads';

/**
 * Removes small folders in one thread beside the server's, in the order in which they come: one trip for a folder, where Node's own
 * threads take one for each file. The thread starts when it is first needed, and keeps no process alive while it has nothing to do.
 */
export class RemovalThread {
  #worker: Worker | undefined;
  /** Those whose folder is being removed, in their order. */
  readonly #waiting: ((isGone: boolean) => void)[] = [];

  /** Resolves with false when something is left: it is large, or in the way. */
  remove(path: string): Promise<boolean> {
    return new Promise((resolve) => {
      this.#worker ??= this.#start();
      this.#waiting.push(resolve);
      this.#worker.ref();
      this.#worker.postMessage(path);
    });
  }

  /** Ends the thread, whatever it is at. The next removal starts another one. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const url = new URL(`./remove-few.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
    const worker = new Worker(url, { execArgv: [], name: 'removals' });
    worker.on('message', (isGone: boolean) => {
      this.#waiting.shift()?.(isGone);
      if (this.#waiting.length === 0) worker.unref();
    });
    const lose = () => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      for (const resolve of this.#waiting.splice(0)) resolve(false);
    };
    worker.on('error', lose).on('exit', lose);
    return worker;
  }
}
