import { Worker } from 'node:worker_threads';
import type { ObjectLocation, ObjectSummary } from '../object-storage.ts';
import { type DownloadEnd, type DownloadOrder, errorOf } from './download-protocol.ts';
import type { RemoteStorageOptions } from './remote-storage.ts';

/** A thread without work ends after so long, in milliseconds: it keeps memory and connections. */
const IDLE_MS = 10_000;

interface Download {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Brings large objects in by a thread of its own. Each piece of a body is new memory, and as it becomes garbage, V8 looks through all that
 * its thread has: in the server's own thread that would take longer than the download, and everybody else would wait for it.
 */
export class DownloadThread {
  readonly #options: RemoteStorageOptions;
  readonly #underWay = new Map<number, Download>();
  readonly #idle: NodeJS.Timeout;
  #worker: Worker | undefined;
  #lastId = 0;

  constructor(options: RemoteStorageOptions) {
    this.#options = options;
    this.#idle = setTimeout(() => this.#endIfIdle(), IDLE_MS).unref();
  }

  async download(object: ObjectLocation & ObjectSummary, path: string, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const id = ++this.#lastId;
    const worker = this.#started();
    const onAbort = () => worker.postMessage({ kind: 'abort', id } satisfies DownloadOrder);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        this.#underWay.set(id, { resolve, reject });
        worker.postMessage({ kind: 'download', id, object, path } satisfies DownloadOrder);
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#underWay.delete(id);
      if (this.#underWay.size === 0) this.#worker?.unref();
      this.#idle.refresh();
    }
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#worker?.terminate();
  }

  #started(): Worker {
    this.#worker ??= this.#start();
    this.#worker.ref();
    return this.#worker;
  }

  #start(): Worker {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const url = new URL(`./download-worker.${extension}`, import.meta.url);
    const worker = new Worker(url, { workerData: this.#options, execArgv: [], name: 'downloads' });
    worker.on('message', ({ id, failure }: DownloadEnd) => {
      const download = this.#underWay.get(id);
      if (failure) download?.reject(errorOf(failure));
      else download?.resolve();
    });
    let cause = 'it was ended';
    worker.on('error', (error: Error) => {
      cause = error.message;
    });
    worker.on('exit', () => {
      if (worker !== this.#worker) return;
      this.#worker = undefined;
      for (const { reject } of this.#underWay.values())
        reject(new Error(`the thread that downloads is gone: ${cause}`));
    });
    return worker;
  }

  #endIfIdle(): void {
    if (this.#underWay.size > 0) return;
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
  }
}
