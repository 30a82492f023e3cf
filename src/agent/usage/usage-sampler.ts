import { statfsSync } from 'node:fs';
import type { Clock } from '../../clock/clock.ts';
import type { Usage } from '../../executors/runtime.ts';
import type { InstanceSample } from '../../metrics/instance-sample.ts';
import type { GpuMonitor } from './gpu-monitor.ts';
import { type Capacity, type Reading, sampleOf } from './sample.ts';

/** Whose use is sampled. */
export interface Subject {
  /** Undefined when it does not run any more. */
  usage(): Promise<Usage | undefined>;
  readonly capacity: Capacity;
  /** A folder on its disk. */
  readonly folder: string;
  /** Indexes of the machine's GPUs that are its own. */
  readonly gpus: readonly number[];
}

interface Watch {
  readonly subject: Subject;
  readonly intervalMs: number;
  readonly take: (sample: InstanceSample) => void;
  due: number;
  last?: Reading;
  /** Its use is being read: a runtime that is slow is not asked again before it has answered. */
  isBusy: boolean;
}

/** After the first reading the next comes this soon, so that a short job has more than one. */
const SECOND_READING_MS = 1_000;
/** A new subject is first looked at on this finer grid: where many start within a moment, one look serves them all. */
const FIRST_LOOK_GRID_MS = 100;

/**
 * Samples what algorithms use: all of them by one timer, and without a process. Those with the same interval are sampled at the same
 * moments, multiples of the interval, so that one look at the machine's processes serves them all.
 */
export class UsageSampler {
  readonly #clock: Clock;
  readonly #gpus: GpuMonitor;
  readonly #watches = new Set<Watch>();
  #wake = new AbortController();
  #isRunning = false;

  constructor(clock: Clock, gpus: GpuMonitor) {
    this.#clock = clock;
    this.#gpus = gpus;
  }

  /** Samples from now on, every `intervalMs`, until the function that is returned is called. */
  watch(subject: Subject, intervalMs: number, take: (sample: InstanceSample) => void): () => void {
    const watch: Watch = { subject, intervalMs, take, due: soonest(this.#clock.now()), isBusy: false };
    const letGo = subject.gpus.length > 0 ? this.#gpus.watch() : () => {};
    this.#watches.add(watch);
    if (this.#isRunning) this.#wake.abort();
    else void this.#run();
    return () => {
      if (this.#watches.delete(watch)) letGo();
    };
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#watches.size > 0) {
      await this.#untilDue();
      const now = this.#clock.now();
      for (const watch of this.#watches) if (watch.due <= now) void this.#sample(watch, now);
    }
    this.#isRunning = false;
  }

  /** Until the next watch is due, or there is a new one. */
  async #untilDue(): Promise<void> {
    let due = Number.POSITIVE_INFINITY;
    for (const watch of this.#watches) due = Math.min(due, watch.due);
    this.#wake = new AbortController();
    try {
      await this.#clock.sleep(Math.max(0, due - this.#clock.now()), this.#wake.signal);
    } catch {
      // Woken.
    }
  }

  async #sample(watch: Watch, now: number): Promise<void> {
    const { subject, intervalMs, last } = watch;
    const onTheGrid = (Math.floor(now / intervalMs) + 1) * intervalMs;
    watch.due = last ? onTheGrid : Math.min(onTheGrid, now + SECOND_READING_MS);
    if (watch.isBusy) return;
    watch.isBusy = true;
    const usage = await subject.usage().catch(() => undefined);
    watch.isBusy = false;
    if (!usage || !this.#watches.has(watch)) return;
    const disk = diskInUse(subject.folder);
    const reading: Reading = {
      at: now,
      usage,
      ...(disk !== undefined && { disk }),
      gpus: this.#gpus.readings(subject.gpus, now),
    };
    watch.take(sampleOf(reading, last, subject.capacity));
    watch.last = reading;
  }
}

const soonest = (now: number) => Math.ceil(now / FIRST_LOOK_GRID_MS) * FIRST_LOOK_GRID_MS;

/** In percent, as `df` tells it: of what an ordinary user can have. */
function diskInUse(folder: string): number | undefined {
  try {
    const { blocks, bfree, bavail } = statfsSync(folder);
    const used = blocks - bfree;
    return used + bavail === 0 ? undefined : (100 * used) / (used + bavail);
  } catch {
    return undefined; // The instance is just being given back.
  }
}
