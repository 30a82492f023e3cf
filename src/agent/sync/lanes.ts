import type { SyncedFile } from './synced-file.ts';

/** Files from this size on, in bytes, take their own lane: they keep small ones from nothing. */
const LARGE = 32 * 1024 * 1024;
/** Things under way at a time. */
const SMALL_WIDTH = 6;
const LARGE_WIDTH = 2;

interface Lane {
  readonly width: number;
  readonly queue: Set<SyncedFile>;
  active: number;
}

/** What is ready to be brought to S3, in the order in which it became so, and how much of it at a time. */
export class Lanes {
  readonly #work: (file: SyncedFile) => Promise<void>;
  readonly #small: Lane = { width: SMALL_WIDTH, queue: new Set(), active: 0 };
  readonly #large: Lane = { width: LARGE_WIDTH, queue: new Set(), active: 0 };

  /** `work` never rejects. */
  constructor(work: (file: SyncedFile) => Promise<void>) {
    this.#work = work;
  }

  get isIdle(): boolean {
    return this.#lanes.every(({ queue, active }) => queue.size === 0 && active === 0);
  }

  get queued(): number {
    return this.#small.queue.size + this.#large.queue.size;
  }

  add(file: SyncedFile): void {
    const lane = file.here !== undefined && file.size >= LARGE ? this.#large : this.#small;
    lane.queue.add(file);
  }

  remove(file: SyncedFile): void {
    for (const { queue } of this.#lanes) queue.delete(file);
  }

  clear(): void {
    for (const { queue } of this.#lanes) queue.clear();
  }

  /** Starts as much as may be under way at a time. */
  start(allowed: () => number): void {
    for (const lane of this.#lanes) {
      for (const file of lane.queue) {
        const active = this.#small.active + this.#large.active;
        if (lane.active >= lane.width || active >= allowed()) break;
        lane.queue.delete(file);
        lane.active += 1;
        void this.#work(file).finally(() => {
          lane.active -= 1;
          this.start(allowed);
        });
      }
    }
  }

  get #lanes(): readonly Lane[] {
    return [this.#small, this.#large];
  }
}
