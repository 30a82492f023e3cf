import { ServerError } from '../server/ask.ts';
import { beginUpload, completeUpload, endUpload, endUploadOnLeaving, partPath } from './multipart.ts';
import { type Part, partsOf } from './parts.ts';
import { objectPath } from './s3.ts';
import { type Stored, sendBytes } from './send-bytes.ts';

/** What becomes of a file that is uploaded. */
export type UploadStage = 'sending' | 'paused' | 'finishing' | 'stored' | 'failed' | 'cancelled';

export interface UploadTarget {
  readonly bucket: string;
  readonly key: string;
  readonly file: File;
}

/** Waits before a part is sent once more, in milliseconds. */
const WAITS_MS = [500, 1000, 2000, 4000, 8000, 16_000];
const TYPE = 'application/octet-stream';

/**
 * One file on its way into a bucket. A small one is one request; a larger one goes in parts, each of which is sent again when it fails.
 * It sends nothing by itself: whoever has a connection free asks for the `next` piece of work. What is given up is ended in the store.
 */
export class FileUpload {
  readonly target: UploadTarget;
  readonly size: number;
  stage: UploadStage = 'sending';
  problem = '';
  readonly #path: string;
  readonly #parts: readonly Part[];
  readonly #onChange: () => void;
  #left: Part[];
  #stored = new Map<number, Stored>();
  #underWay = new Map<number, number>();
  #work = new AbortController();
  #begun: Promise<string> | undefined;
  #uploadId: string | undefined;

  constructor(target: UploadTarget, onChange: () => void) {
    this.target = target;
    this.size = target.file.size;
    this.#path = objectPath(target.bucket, target.key);
    this.#parts = partsOf(this.size);
    this.#left = [...this.#parts];
    this.#onChange = onChange;
  }

  /** Bytes that are there or on their way. */
  get sent(): number {
    const stored = this.#parts.reduce(
      (sum, { number, start, end }) => sum + (this.#stored.has(number) ? end - start : 0),
      0,
    );
    return [...this.#underWay.values()].reduce((sum, bytes) => sum + bytes, stored);
  }

  get isInParts(): boolean {
    return this.#parts.length > 1;
  }

  /** Whether there is something that would be lost by leaving the page. */
  get isOpen(): boolean {
    return this.stage === 'sending' || this.stage === 'paused' || this.stage === 'finishing';
  }

  /** A part that nobody sends yet; undefined when there is none. What it returns is to be called, and never rejects. */
  next(): (() => Promise<void>) | undefined {
    const part = this.stage === 'sending' ? this.#left.shift() : undefined;
    return part && (() => this.#send(part));
  }

  /** Sends nothing more; what was on its way is sent again later. */
  pause(): void {
    if (this.stage !== 'sending') return;
    this.stage = 'paused';
    this.#work.abort();
    this.#onChange();
  }

  resume(): void {
    if (this.stage !== 'paused') return;
    this.#work = new AbortController();
    this.problem = '';
    this.stage = 'sending';
    this.#onChange();
  }

  /** Gives it up. */
  async cancel(): Promise<void> {
    if (this.stage === 'sending' || this.stage === 'paused') await this.#giveUp('cancelled');
  }

  /** Begins anew after it failed. */
  retry(): void {
    if (this.stage !== 'failed') return;
    this.#left = [...this.#parts];
    this.#stored = new Map();
    this.#begun = undefined;
    this.#uploadId = undefined;
    this.#work = new AbortController();
    this.problem = '';
    this.stage = 'sending';
    this.#onChange();
  }

  /** The page is left: no more than a last request can be sent. */
  leave(): void {
    const isUnfinished = this.stage === 'sending' || this.stage === 'paused';
    if (isUnfinished && this.#uploadId !== undefined) endUploadOnLeaving(this.#path, this.#uploadId);
  }

  async #send(part: Part): Promise<void> {
    const { signal } = this.#work;
    // Another list when it was begun anew meanwhile.
    const left = this.#left;
    try {
      const stored = await this.#tryOften(() => this.#sendOnce(part, signal), signal, part);
      if (signal.aborted) return;
      this.#underWay.delete(part.number);
      this.#stored.set(part.number, stored);
      if (this.#stored.size === this.#parts.length) await this.#finish(signal);
    } catch (error) {
      this.#underWay.delete(part.number);
      left.unshift(part);
      if (!signal.aborted) await this.#stop(error);
    }
    this.#onChange();
  }

  /** A server that does not answer may do so later, and has what it has; what it refuses is over. */
  async #stop(error: unknown): Promise<void> {
    const problem = error instanceof Error ? error.message : String(error);
    if (!(error instanceof ServerError && error.status === 0 && this.stage === 'sending'))
      return this.#giveUp('failed', problem);
    this.pause();
    this.problem = problem;
  }

  async #tryOften<Answer>(work: () => Promise<Answer>, signal: AbortSignal, part?: Part): Promise<Answer> {
    for (let tries = 0; ; tries++) {
      try {
        return await work();
      } catch (error) {
        const wait = WAITS_MS[tries];
        const mayPass = error instanceof ServerError && error.mayPass;
        if (signal.aborted || !mayPass || wait === undefined) throw error;
        if (part) this.#underWay.delete(part.number);
        this.#onChange();
        await pause(wait, signal);
      }
    }
  }

  async #sendOnce({ number, start, end }: Part, signal: AbortSignal): Promise<Stored> {
    const { file } = this.target;
    const type = file.type || TYPE;
    const path = this.isInParts ? partPath(this.#path, await this.#begin(type), number) : this.#path;
    return sendBytes(path, {
      ...{ body: file.slice(start, end), signal },
      ...(!this.isInParts && { type }),
      onProgress: (bytes) => {
        if (signal.aborted) return;
        this.#underWay.set(number, Math.min(bytes, end - start));
        this.#onChange();
      },
    });
  }

  /** The name of the upload, which the first part that is sent begins. */
  #begin(type: string): Promise<string> {
    this.#begun ??= beginUpload(this.#path, type).then(
      (id) => {
        this.#uploadId = id;
        return id;
      },
      (error: unknown) => {
        this.#begun = undefined;
        throw error;
      },
    );
    return this.#begun;
  }

  async #finish(signal: AbortSignal): Promise<void> {
    this.stage = 'finishing';
    this.#onChange();
    const uploadId = this.#uploadId;
    if (uploadId !== undefined) {
      const parts = this.#parts.flatMap(({ number }) => this.#stored.get(number) ?? []);
      await this.#tryOften(() => completeUpload(this.#path, uploadId, parts), signal);
    }
    this.stage = 'stored';
  }

  /** Ends what is on its way, and then what is in the store: a part that came later would stay there. */
  async #giveUp(stage: 'failed' | 'cancelled', problem = ''): Promise<void> {
    this.stage = stage;
    this.problem = problem;
    this.#work.abort();
    this.#onChange();
    const uploadId = await this.#begun?.catch(() => undefined);
    // The server ends it itself when this does not reach it.
    if (uploadId !== undefined) await endUpload(this.#path, uploadId).catch(() => {});
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
