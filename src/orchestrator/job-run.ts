import { isDeepStrictEqual } from 'node:util';
import { type Session, SessionRefused, type SessionRequest } from '../executors/session.ts';
import type { ProfilerConfig } from '../model/types.generated.ts';
import type { Database } from '../store/database.ts';
import { StaleWriter } from '../store/jobs/append-fact.ts';
import type { StoredJob } from '../store/jobs/stored-job.ts';
import type { Fact, StopCause } from '../training/facts.ts';
import { failureReason, faultReason, JobFault } from '../training/fault.ts';
import { allowsSessions, IllegalTransition, type Job } from '../training/job.ts';
import { hasEnded } from '../training/lifecycle.ts';
import { keepAliveOf, keepsInstances } from '../training/warm-pool.ts';
import { Attempt, AttemptInterrupted, AttemptLost } from './attempt.ts';
import type { Lease } from './capacity/claim.ts';
import { instancePlan } from './instance-plan.ts';
import { InstanceSeeker, type SeekerEnvironment } from './instance-seeker.ts';
import { JobRecord, StoreFault } from './job-record.ts';
import { needOf } from './placement.ts';
import { Stopped } from './stopped.ts';
import { WarmInstances } from './warm-pools.ts';

export interface JobRunEnvironment extends SeekerEnvironment {
  readonly database: Database;
  readonly account: string;
  readonly region: string;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly stopGrace: number;
  readonly log: (line: string) => void;
}

/** What can be changed of a job that runs. What is absent stays as it is. */
export interface JobChange {
  /** Whether sessions may be opened from now on. */
  readonly allowSessions?: boolean;
  /** How it is profiled from now on, whole. */
  readonly profiler?: ProfilerConfig;
}

/** One job on its way from Starting to its end, over as many attempts as its RetryStrategy allows. */
export class JobRun {
  readonly #record: JobRecord;
  readonly #environment: JobRunEnvironment;
  readonly #seeker: InstanceSeeker;
  readonly #stop = new AbortController();
  readonly #over = new AbortController();
  readonly #abandoned = new AbortController();
  #attempt: Attempt | undefined;
  /** The instances, while they wait for another job. */
  #warm: WarmInstances | undefined;

  constructor(stored: StoredJob, environment: JobRunEnvironment) {
    this.#record = new JobRecord(stored, environment.database, environment.clock);
    this.#environment = environment;
    if (stored.job.stopCause) this.#stop.abort(new Stopped());
    this.#seeker = new InstanceSeeker(this.#record, environment, {
      stop: this.#stop.signal,
      over: this.#over.signal,
      takeBack: () => this.#attempt?.interrupt(),
    });
    // Those that an earlier life of this server assigned.
    if (stored.job.instances.length > 0) this.#attempt = this.#attemptOn(this.#seeker.retake());
  }

  get job(): Job {
    return this.#record.job;
  }

  /** Takes the job to its end. Rejects only when the store or a clean-up fails; then it is to be called again. */
  async run(): Promise<void> {
    this.#limitWait();
    while (!hasEnded(this.job.secondaryStatus)) await this.#try();
    this.#over.abort(new Stopped());
    if (!this.#attempt) return;
    if (keepsInstances(this.job) && (await this.#keepInstances(this.#attempt))) return;
    await this.#attempt.clean();
    if (this.job.warmPool?.status === 'InUse') this.#record.add({ kind: 'WarmPoolTerminated' });
    this.#record.markReleased();
    this.#attempt.releaseCapacity();
  }

  /** Keeps the instances for the next job. Resolves with whether they are another job's now. */
  async #keepInstances(attempt: Attempt): Promise<boolean> {
    await attempt.clean({ keepsWarm: true });
    const { clock, warmPools, driver } = this.#environment;
    if (this.job.warmPool?.status !== 'Available') {
      const since = this.job.assignedAt ?? this.job.createdAt;
      const pool =
        this.job.warmPool?.status === 'InUse' ? this.job.warmPool.pool : { first: this.#record.id, since };
      this.#record.add({ kind: 'WarmPoolAvailable', pool, keepAliveSeconds: keepAliveOf(this.job.request) });
    }
    const warm = new WarmInstances({ record: this.#record, lease: attempt.lease, clock });
    this.#warm = warm;
    try {
      warmPools.add(warm);
      const need = needOf(this.job.request, driver.resources);
      if ((await warm.wait(need, this.#abandoned.signal)) === 'reused') return true;
    } finally {
      warmPools.remove(warm);
      this.#warm = undefined;
    }
    this.#record.add({ kind: 'WarmPoolTerminated' });
    return false;
  }

  /** Changes how long the job's instances wait for another. False: they do not wait. */
  setKeepAlive(seconds: number): boolean {
    this.#warm?.setKeepAlive(seconds);
    return this.#warm !== undefined;
  }

  /** Asks the job to stop. A job that is stopping already goes on doing so. */
  requestStop(cause: StopCause): void {
    if (this.#record.isClosed || this.job.stopCause || hasEnded(this.job.secondaryStatus)) return;
    if (this.#record.isIn('Uploading')) {
      this.#record.add({ kind: 'LateStopRequested', cause });
    } else {
      this.#record.add({ kind: 'StopRequested', cause });
      this.#stop.abort(new Stopped());
    }
  }

  /** The job has ended, and is to be forgotten when it holds nothing any more. */
  requestDeletion(): void {
    if (!this.job.isDeleting) this.#record.add({ kind: 'DeletionRequested' });
  }

  /** Forgets the job. After `run`. */
  delete(): void {
    this.#record.delete();
  }

  /** Changes all of it or nothing. When this returns, it is on the disk. Throws `IllegalTransition` in a status that does not allow it. */
  change({ allowSessions, profiler }: JobChange): void {
    const facts: Fact[] = [];
    if (allowSessions !== undefined && allowsSessions(this.job) !== allowSessions)
      facts.push({ kind: 'RemoteDebugChanged', enabled: allowSessions });
    if (profiler && !isDeepStrictEqual(profiler, this.job.request.ProfilerConfig))
      facts.push({ kind: 'ProfilerChanged', config: profiler });
    JobRecord.addTogether(facts.map((fact) => [this.#record, fact]));
    if (profiler) this.#attempt?.changeProfiler(profiler);
  }

  /** Runs a command beside the algorithm of a host, and records that. Rejects with `SessionRefused`. */
  async openSession(host: string, request: SessionRequest): Promise<Session> {
    if (!allowsSessions(this.job)) {
      throw new SessionRefused('The job was created without RemoteDebugConfig.EnableRemoteDebug.');
    }
    if (!this.#attempt || !this.#record.isIn('Training', 'Stopping', 'Interrupted')) {
      throw new SessionRefused(`The job is ${this.job.secondaryStatus}: its algorithm does not run.`);
    }
    const session = await this.#attempt.openSession(host, request);
    try {
      this.#record.add({ kind: 'SessionOpened', host, command: request.command });
      return session;
    } catch (error) {
      session.close();
      if (error instanceof IllegalTransition) throw new SessionRefused('The algorithm has just ended.');
      throw error;
    }
  }

  /** Lets go of everything without touching what runs. From now on it writes nothing: the job is another server's. */
  abandon(): void {
    this.#record.close();
    this.#over.abort(new Stopped());
    this.#abandoned.abort(new Stopped());
    this.#attempt?.abandon();
  }

  /** One attempt: it ends the job, or is recorded as failed so that the next one begins. */
  async #try(): Promise<void> {
    try {
      this.#attempt ??= await this.#assign();
      this.#conclude((await this.#attempt?.run()) ?? []);
    } catch (error) {
      if (error instanceof StaleWriter || error instanceof StoreFault) throw error;
      if (error instanceof AttemptInterrupted) return this.#giveUp(error.message);
      const reason = this.#reasonOf(error);
      if (this.#isRetried(error)) await this.#giveUp(reason);
      else this.#record.add({ kind: 'JobFailed', reason });
    }
  }

  /** MaxWaitTimeInSeconds counts from the job's creation, whatever happens to it (training contract §4.5). */
  #limitWait(): void {
    const seconds = this.job.request.StoppingCondition?.MaxWaitTimeInSeconds;
    if (seconds === undefined) return;
    const { clock, log } = this.#environment;
    clock
      .sleep(this.job.createdAt + seconds * 1000 - clock.now(), this.#over.signal)
      .then(
        () => this.requestStop('MaxWaitTimeExceeded'),
        () => {},
      )
      .catch((error) => log(`${this.job.name}: its wait limit was not recorded: ${error}`));
  }

  /** Undefined when the job is asked to stop before it has instances. */
  async #assign(): Promise<Attempt | undefined> {
    const lease = await this.#seeker.seek();
    if (!lease) return undefined;
    const attempt = this.#attemptOn(lease);
    // Somebody may have wanted it back before we came to know that we have it.
    if (this.#seeker.isTakenBack) attempt.interrupt();
    return attempt;
  }

  #attemptOn(lease: Lease): Attempt {
    const { clock, driver, faults, log, stopGrace, account, region } = this.#environment;
    return new Attempt({
      record: this.#record,
      agentOf: (instance) =>
        driver.agent(instancePlan(this.#record.id, this.job, instance, { account, region })),
      ...{ lease, clock, stopGrace, faults, log },
      stop: this.#stop.signal,
      mayRetry: () => this.#hasTriesLeft(),
      requestStop: (cause) => this.requestStop(cause),
    });
  }

  #conclude(before: readonly Fact[]): void {
    const failed = this.job.firstFailure && this.job.endings[this.job.firstFailure];
    if (failed) this.#record.add(...before, { kind: 'JobFailed', reason: failed.failureReason ?? '' });
    else this.#record.add(...before, { kind: this.job.stopCause ? 'JobStopped' : 'JobCompleted' });
  }

  /** Only faults of our side are retried (training contract §4.5). */
  #isRetried(error: unknown): boolean {
    const isOurs = error instanceof JobFault ? error.kind === 'InternalServerError' : true;
    return isOurs && this.#hasTriesLeft();
  }

  #hasTriesLeft(): boolean {
    const retries = this.job.request.RetryStrategy?.MaximumRetryAttempts ?? 0;
    return !this.job.stopCause && this.job.attempt > 0 && this.job.failedAttempts < retries;
  }

  /** Leaves the instances, for the next attempt to get others. */
  async #giveUp(reason: string): Promise<void> {
    const attempt = this.#attempt;
    await attempt?.clean();
    this.#record.add({ kind: 'AttemptFailed', reason });
    attempt?.releaseCapacity();
    this.#attempt = undefined;
  }

  #reasonOf(error: unknown): string {
    if (error instanceof AttemptLost) return error.message;
    if (error instanceof JobFault) return faultReason(error);
    const detail = error instanceof Error ? error.message : String(error);
    this.#environment.log(`${this.job.name}: ${error instanceof Error ? error.stack : detail}`);
    return failureReason(
      'InternalServerError',
      `We encountered an internal error in ${this.job.secondaryStatus}: ${detail}`,
    );
  }
}
