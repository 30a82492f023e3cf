import type { Clock } from '../clock/clock.ts';
import type { CreateTrainingJobRequest } from '../model/types.generated.ts';
import type { AssignedInstance, Fact, WarmPoolId } from '../training/facts.ts';
import { endOfPool, matches } from '../training/warm-pool.ts';
import type { Claim, Lease } from './capacity/claim.ts';
import { JobRecord } from './job-record.ts';
import { Stopped } from './stopped.ts';

/** A job that waits for instances, whichever. */
interface WaitingJob {
  readonly request: CreateTrainingJobRequest;
  /** Whether it is its turn. */
  isFirst(): boolean;
  /** Takes them at once. */
  take(instances: WarmInstances): void;
}

/** The instances that wait for a job, and the jobs that wait for instances. */
export class WarmPools {
  readonly #warm = new Set<WarmInstances>();
  readonly #jobs = new Set<WaitingJob>();

  /** Those of the longest wait that a job matches. */
  match(request: CreateTrainingJobRequest): WarmInstances | undefined {
    return [...this.#warm].find((each) => each.isFor(request));
  }

  /** Offers them: to the job whose turn it is, if they match, else to those that will come. */
  add(instances: WarmInstances): void {
    this.#warm.add(instances);
    const next = [...this.#jobs].find(({ request, isFirst }) => instances.isFor(request) && isFirst());
    next?.take(instances);
  }

  remove(instances: WarmInstances): void {
    this.#warm.delete(instances);
  }

  /** A job waits for instances until what is returned is called. */
  await(job: WaitingJob): () => void {
    this.#jobs.add(job);
    return () => void this.#jobs.delete(job);
  }
}

export interface WarmInstancesOptions {
  readonly record: JobRecord;
  readonly lease: Lease;
  readonly clock: Clock;
}

/** The instances of a job that has ended, as long as they wait for the next (training contract §4.6). */
export class WarmInstances {
  readonly #record: JobRecord;
  readonly #lease: Lease;
  readonly #clock: Clock;
  readonly #over = Promise.withResolvers<'reused' | 'terminated'>();
  #alarm = new AbortController();
  #isOver = false;

  constructor({ record, lease, clock }: WarmInstancesOptions) {
    this.#record = record;
    this.#lease = lease;
    this.#clock = clock;
  }

  get instances(): readonly AssignedInstance[] {
    return this.#record.job.instances;
  }

  isFor(request: CreateTrainingJobRequest): boolean {
    return !this.#isOver && matches(request, this.#record.job.request);
  }

  /**
   * Waits for a job that takes them, for their time to be over, or for somebody who needs the place more. Rejects with the signal's
   * reason when it aborts first.
   */
  async wait(need: Claim['need'], signal: AbortSignal): Promise<'reused' | 'terminated'> {
    const abandon = () => this.#over.reject(signal.reason);
    signal.addEventListener('abort', abandon, { once: true });
    if (!this.#isOver) {
      this.#setAlarm();
      const takeBack = () => this.#end('terminated');
      this.#lease.handTo({ need, order: this.#record.id, isSpot: true, isIdle: true, takeBack });
    }
    try {
      signal.throwIfAborted();
      return await this.#over.promise;
    } finally {
      signal.removeEventListener('abort', abandon);
      this.#alarm.abort(new Stopped());
    }
  }

  /** Gives them to another job: both learn of it in one step. Returns the lease, which is that job's from now on. */
  handTo(
    other: JobRecord,
    claim: Claim,
    assigned: (instances: readonly AssignedInstance[], pool: WarmPoolId) => Fact,
  ): Lease {
    const { warmPool, instances } = this.#record.job;
    if (warmPool?.status !== 'Available' || this.#isOver)
      throw new Error('these instances are not available');
    JobRecord.addTogether([
      [this.#record, { kind: 'WarmPoolReused', by: other.job.name }],
      [other, assigned(instances, warmPool.pool)],
    ]);
    this.#end('reused');
    this.#lease.handTo(claim);
    return this.#lease;
  }

  /** Changes how long they wait, counted from when they began to; 0 ends that. */
  setKeepAlive(seconds: number): void {
    this.#record.add({ kind: 'KeepAliveChanged', seconds });
    this.#setAlarm();
  }

  #setAlarm(): void {
    const { warmPool } = this.#record.job;
    if (warmPool?.status !== 'Available') return;
    this.#alarm.abort(new Stopped());
    this.#alarm = new AbortController();
    this.#clock.sleep(endOfPool(warmPool) - this.#clock.now(), this.#alarm.signal).then(
      () => this.#end('terminated'),
      () => {},
    );
  }

  #end(how: 'reused' | 'terminated'): void {
    this.#isOver = true;
    this.#over.resolve(how);
  }
}
