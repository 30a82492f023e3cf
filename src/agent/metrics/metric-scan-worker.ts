import { Worker } from 'node:worker_threads';
import { NO_DEFINITION, type ScanReply, type ScanRequest } from './scan-protocol.ts';

/** A batch was searched; or one definition can't be searched for, for it takes too long or fails. */
export type ScanOutcome =
  | { readonly kind: 'scanned'; readonly end: number; readonly found: Float64Array }
  | { readonly kind: 'offence'; readonly definition: number; readonly detail: string };

interface Job {
  readonly request: ScanRequest;
  readonly resolve: (outcome: ScanOutcome) => void;
  readonly reject: (error: Error) => void;
  /** How often each definition has taken too long in this batch. */
  readonly strikes: Map<number, number>;
  crashes: number;
}

/** Looked at this often within the patience: a machine that was asleep for a while counts as one look. */
const LOOKS = 8;
/** A definition is given a second chance: the machine may just have been busy. */
const STRIKES = 2;
const MOST_CRASHES = 3;

/**
 * Runs the regular expressions of all jobs in one thread beside the server's, batch by batch. An expression that takes longer than
 * the patience for one batch (half a megabyte) is a runaway: the thread is ended, the batch tried again in a new one, and where the
 * same definition runs away again it is told as an offence. The thread starts when it is first needed, and doesn't keep the
 * process alive while it has nothing to do.
 */
export class MetricScanWorker {
  readonly #patienceMs: number;
  readonly #queue: Job[] = [];
  #job: Job | undefined;
  #worker: Worker | undefined;
  #progress = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #watch: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(patienceMs = 2_000) {
    this.#patienceMs = patienceMs;
  }

  /** Searches a batch, after those that wait already. Rejects when the file can't be read, or the worker is closed. */
  scan(request: ScanRequest): Promise<ScanOutcome> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new Error('the search for metrics is closed'));
      this.#queue.push({ request, resolve, reject, strikes: new Map(), crashes: 0 });
      this.#next();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#watch);
    const waiting = [...(this.#job ? [this.#job] : []), ...this.#queue.splice(0)];
    this.#job = undefined;
    for (const job of waiting) job.reject(new Error('the search for metrics is closed'));
    await this.#dropWorker();
  }

  #next(): void {
    if (this.#job) return;
    this.#job = this.#queue.shift();
    if (this.#job) this.#post(this.#job);
    else this.#worker?.unref();
  }

  #post(job: Job): void {
    this.#worker ??= this.#start();
    this.#worker.ref();
    this.#worker.postMessage(job.request);
    this.#watchOver(job);
  }

  /** Notices a definition that is at it in look after look. */
  #watchOver(job: Job): void {
    let seen = NO_DEFINITION;
    let looks = 0;
    clearInterval(this.#watch);
    this.#watch = setInterval(() => {
      const definition = Atomics.load(this.#progress, 0);
      looks = definition === seen && definition !== NO_DEFINITION ? looks + 1 : 0;
      seen = definition;
      if (looks >= LOOKS) this.#runaway(job, definition);
    }, this.#patienceMs / LOOKS);
  }

  #runaway(job: Job, definition: number): void {
    const strikes = (job.strikes.get(definition) ?? 0) + 1;
    job.strikes.set(definition, strikes);
    void this.#dropWorker();
    if (strikes < STRIKES) {
      this.#post(job);
      return;
    }
    const detail = `it took more than ${this.#patienceMs / 1000} seconds for half a megabyte of the log`;
    this.#settle(() => job.resolve({ kind: 'offence', definition, detail }));
  }

  #start(): Worker {
    this.#progress = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    this.#progress[0] = NO_DEFINITION;
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const url = new URL(`./scan-worker.${extension}`, import.meta.url);
    const worker = new Worker(url, { workerData: this.#progress.buffer, execArgv: [], name: 'metrics' });
    worker.on('message', (reply: ScanReply) => {
      if (worker === this.#worker) this.#replied(reply);
    });
    worker.on('error', (error: Error) => {
      if (worker === this.#worker) this.#crashed(error);
    });
    return worker;
  }

  #replied({ end, found, failure }: ScanReply): void {
    if (failure) this.#failed(failure.definition, new Error(failure.message));
    else this.#settle((job) => job.resolve({ kind: 'scanned', end, found }));
  }

  #crashed(error: Error): void {
    const job = this.#job;
    const definition = Atomics.load(this.#progress, 0);
    void this.#dropWorker();
    if (!job) return;
    job.crashes++;
    if (job.crashes < MOST_CRASHES) this.#post(job);
    else this.#failed(definition, error);
  }

  #failed(definition: number, error: Error): void {
    this.#settle((job) => {
      if (definition === NO_DEFINITION) job.reject(error);
      else job.resolve({ kind: 'offence', definition, detail: error.message });
    });
  }

  #settle(tell: (job: Job) => void): void {
    clearInterval(this.#watch);
    const job = this.#job;
    this.#job = undefined;
    if (job) tell(job);
    this.#next();
  }

  async #dropWorker(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}
