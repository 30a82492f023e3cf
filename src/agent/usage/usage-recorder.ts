import type { Clock } from '../../clock/clock.ts';
import type { Database } from '../../store/database.ts';
import { addInstanceSamples, type TakenSample } from '../../store/metrics/add-instance-samples.ts';
import { expireSamples } from '../../store/metrics/expire-samples.ts';
import { observeInstance } from '../../store/metrics/observe-instance.ts';
import type { InstancePlan } from '../instance-agent.ts';
import type { Subject, UsageSampler } from './usage-sampler.ts';

export interface UsageRecorderOptions {
  readonly database: Database;
  /** What jobs go by, and so the times of samples: the sampler itself goes by the machine's. */
  readonly clock: Clock;
  readonly sampler: UsageSampler;
  /** Milliseconds between two samples. */
  readonly intervalMs: number;
  /** Samples are kept for so many milliseconds. */
  readonly retentionMs: number;
  /** Told when samples could not be stored: they are lost, the job goes on. */
  readonly onError: (error: Error) => void;
}

/** How often old samples are looked for, in milliseconds. */
const SWEEP_MS = 60_000;

/** Keeps in the database what instances use while their algorithms run. */
export class UsageRecorder {
  /** For those who want finer samples than are recorded. */
  readonly sampler: UsageSampler;
  readonly #options: UsageRecorderOptions;
  readonly #observations = new Set<() => void>();
  #taken: TakenSample[] = [];
  #flushing: NodeJS.Immediate | undefined;
  #swept = 0;

  constructor(options: UsageRecorderOptions) {
    this.#options = options;
    this.sampler = options.sampler;
  }

  /** Records what an instance uses, until the function that is returned is called. */
  record(plan: Pick<InstancePlan, 'jobId' | 'jobName' | 'host' | 'gpus'>, subject: Subject): () => void {
    const { database, clock, intervalMs } = this.#options;
    const { jobId, jobName, host, gpus } = plan;
    const instance = { jobId, jobName, host, gpus: gpus.length };
    const instanceId = observeInstance(database, instance, clock.now());
    const stop = this.sampler.watch(subject, intervalMs, (sample) => {
      this.#taken.push({ instanceId, sample: { ...sample, at: clock.now() } });
      this.#flushing ??= setImmediate(() => this.#flush());
    });
    this.#observations.add(stop);
    return () => {
      this.#observations.delete(stop);
      stop();
    };
  }

  /** Stops all recording. What was sampled is stored. */
  close(): void {
    for (const stop of this.#observations) stop();
    this.#observations.clear();
    this.#flush();
  }

  /** The samples of one moment are one transaction. */
  #flush(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    const taken = this.#taken;
    this.#taken = [];
    try {
      if (taken.length > 0) addInstanceSamples(this.#options.database, taken);
      this.#sweep();
    } catch (error) {
      this.#options.onError(error as Error);
    }
  }

  /** A part of the old samples at a time. */
  #sweep(): void {
    const { database, clock, retentionMs } = this.#options;
    const now = clock.now();
    if (now - this.#swept < SWEEP_MS) return;
    if (!expireSamples(database, now - retentionMs)) this.#swept = now;
  }
}
