import type { Clock } from '../clock/clock.ts';
import type { Database } from '../store/database.ts';
import { appendFact, StaleWriter } from '../store/jobs/append-fact.ts';
import { deleteJob } from '../store/jobs/delete-job.ts';
import { markReleased } from '../store/jobs/mark-released.ts';
import type { StoredJob } from '../store/jobs/stored-job.ts';
import type { Fact } from '../training/facts.ts';
import { IllegalTransition, type Job, type Transition } from '../training/job.ts';
import type { SecondaryStatus } from '../training/lifecycle.ts';

/** How long is waited before what the store refused is tried again. */
export const STORE_RETRY_MS = 2000;

/** The store refused a write: a full disk, say. Nobody's fault but the machine's; what failed is tried again. */
export class StoreFault extends Error {
  constructor(cause: unknown) {
    super(`the store failed: ${cause instanceof Error ? cause.message : cause}`, { cause });
    this.name = 'StoreFault';
  }
}

/**
 * How far a job has come on its instances. It waits for no disk: a power cut ends the job's processes as well, so that whoever goes on
 * after it finds them lost, and with them what the disk does not know.
 */
const PROGRESS: ReadonlySet<Fact['kind']> = new Set([
  'CapacityAwaited',
  'InstancesAssigned',
  'DownloadStarted',
  'ImageDownloadStarted',
  'TrainingStarted',
  'AlgorithmEnded',
  'UploadStarted',
]);

/** The facts of one job, to read and to add to. */
export class JobRecord {
  #stored: StoredJob;
  #closed = false;
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(stored: StoredJob, database: Database, clock: Clock) {
    this.#stored = stored;
    this.#database = database;
    this.#clock = clock;
  }

  get id(): number {
    return this.#stored.id;
  }

  get job(): Job {
    return this.#stored.job;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Writes nothing any more: the job is another server's. */
  close(): void {
    this.#closed = true;
  }

  /** Stores facts that happen now, all of them or none. Throws `StoreFault`, or `StaleWriter` when the job is not ours. */
  add(...facts: readonly Fact[]): void {
    if (this.#closed) throw new StaleWriter(this.job.arn, facts.map(({ kind }) => kind).join(', '));
    const now = this.#clock.now();
    const append = () =>
      facts.reduce((stored, fact) => appendFact(this.#database, stored, fact, now), this.#stored);
    const isProgress = facts.every(({ kind }) => PROGRESS.has(kind));
    try {
      this.#stored = isProgress ? this.#database.unhurried(append) : this.#database.transaction(append);
    } catch (error) {
      if (error instanceof StaleWriter || error instanceof IllegalTransition) throw error;
      throw new StoreFault(error);
    }
  }

  /** Stores facts of several jobs that happen now, all of them or none. Throws as `add` does. */
  static addTogether(facts: readonly (readonly [JobRecord, Fact])[]): void {
    const [first] = facts;
    if (!first) return;
    const database = first[0].#database;
    const before = facts.map(([record]) => record.#stored);
    try {
      database.transaction(() => {
        for (const [record, fact] of facts) record.add(fact);
      });
    } catch (error) {
      // Nothing of it was stored.
      for (const [at, [record]] of facts.entries()) record.#stored = before[at] ?? record.#stored;
      if (error instanceof StaleWriter || error instanceof IllegalTransition || error instanceof StoreFault)
        throw error;
      throw new StoreFault(error);
    }
  }

  /** Nothing is held on any instance any more. */
  markReleased(): void {
    if (!this.#closed) markReleased(this.#database, this.id);
  }

  /** Forgets the job, its facts and its tags. */
  delete(): void {
    if (this.#closed) throw new StaleWriter(this.job.arn, 'the deletion');
    try {
      deleteJob(this.#database, this.#stored);
    } catch (error) {
      throw new StoreFault(error);
    }
  }

  isIn(...statuses: readonly SecondaryStatus[]): boolean {
    return statuses.includes(this.job.secondaryStatus);
  }

  /** When the present attempt entered a status: epoch milliseconds. */
  startOf(status: SecondaryStatus): number | undefined {
    return this.#visitsOfAttempt().findLast((each) => each.status === status)?.startedAt;
  }

  /** Milliseconds that the job has been in a status, over all attempts. */
  timeIn(status: SecondaryStatus): number {
    return this.job.transitions
      .filter((each) => each.status === status)
      .reduce((sum, each) => sum + (each.endedAt ?? this.#clock.now()) - each.startedAt, 0);
  }

  /** Each attempt begins with Starting. */
  #visitsOfAttempt(): readonly Transition[] {
    const { transitions } = this.job;
    return transitions.slice(transitions.findLastIndex((each) => each.status === 'Starting'));
  }
}
