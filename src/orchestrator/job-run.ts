import type { Clock } from '../clock/clock.ts';
import type { Driver } from '../executors/driver.ts';
import { type Session, SessionRefused, type SessionRequest } from '../executors/session.ts';
import type { Database } from '../store/database.ts';
import { StaleWriter } from '../store/jobs/append-fact.ts';
import type { StoredJob } from '../store/jobs/stored-job.ts';
import type { AssignedInstance, Fact, StopCause, WarmPoolId } from '../training/facts.ts';
import { failureReason, faultReason, JobFault } from '../training/fault.ts';
import { allowsSessions, IllegalTransition, type Job } from '../training/job.ts';
import { hasEnded } from '../training/lifecycle.ts';
import { keepAliveOf, keepsInstances } from '../training/warm-pool.ts';
import { Attempt, AttemptInterrupted, AttemptLost } from './attempt.ts';
import type { Capacity } from './capacity/capacity.ts';
import type { Claim, Lease } from './capacity/claim.ts';
import type { ExceededLimit } from './capacity/limits.ts';
import { isChecked } from './instance-checks.ts';
import { instancePlan } from './instance-plan.ts';
import type { CapacitySeeker, JobFaults } from './job-faults.ts';
import { JobRecord, StoreFault } from './job-record.ts';
import { assignInstances, instanceTypesOf, needOf } from './placement.ts';
import { Stopped, unlessStopped } from './stopped.ts';
import { WarmInstances, type WarmPools } from './warm-pools.ts';

export interface JobRunEnvironment {
  readonly database: Database;
  readonly driver: Driver;
  readonly capacity: Capacity;
  readonly warmPools: WarmPools;
  readonly clock: Clock;
  readonly account: string;
  readonly region: string;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly stopGrace: number;
  /** What was asked to go wrong. */
  readonly faults: JobFaults;
  readonly log: (line: string) => void;
}

/** One job on its way from Starting to its end, over as many attempts as its RetryStrategy allows. */
export class JobRun {
  readonly #record: JobRecord;
  readonly #environment: JobRunEnvironment;
  readonly #stop = new AbortController();
  readonly #over = new AbortController();
  readonly #abandoned = new AbortController();
  #attempt: Attempt | undefined;
  /** The instances, while they wait for another job. */
  #warm: WarmInstances | undefined;
  #isTakenBack = false;

  constructor(stored: StoredJob, environment: JobRunEnvironment) {
    this.#record = new JobRecord(stored, environment.database, environment.clock);
    this.#environment = environment;
    if (stored.job.stopCause) this.#stop.abort(new Stopped());
    if (stored.job.instances.length > 0) this.#attempt = this.#reattach();
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

  /** Whether sessions may be opened from now on. Throws `IllegalTransition` in a status that does not allow the change. */
  setRemoteDebug(enabled: boolean): void {
    if (allowsSessions(this.job) !== enabled) this.#record.add({ kind: 'RemoteDebugChanged', enabled });
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

  /** Takes instances that are warm, or those that are free, or waits for either. Undefined when the job is asked to stop before. */
  async #assign(): Promise<Attempt | undefined> {
    if (this.#stop.signal.aborted) return undefined;
    this.#isTakenBack = false;
    const claim = this.#claim();
    const { capacity, faults, warmPools } = this.#environment;
    const warm = warmPools.match(this.job.request);
    if (warm) return this.#takeOver(warm, claim);
    // The settings may have been changed since it was created; it would keep all behind it waiting for ever.
    const exceeded = capacity.exceededBy(claim.need);
    if (exceeded) throw tooSmall(exceeded);
    const lease = faults.withholdCapacity(this.#seeker()) ? undefined : capacity.tryTake(claim);
    if (lease) return this.#takeUp(lease);
    if (this.#record.isIn('Starting')) this.#record.add({ kind: 'CapacityAwaited' });
    return this.#awaitInstances(claim);
  }

  #takeUp(lease: Lease): Attempt {
    const assigned = this.#assigned(assignInstances(this.job.request, lease.instances));
    if (isChecked(this.job)) this.#record.add(assigned);
    else this.#record.add(assigned, { kind: 'DownloadStarted' });
    const attempt = this.#attemptOn(lease);
    // Somebody may have wanted it before we came to know that we have it.
    if (this.#isTakenBack) attempt.interrupt();
    return attempt;
  }

  #takeOver(warm: WarmInstances, claim: Claim): Attempt {
    const assigned = (instances: readonly AssignedInstance[], pool: WarmPoolId) =>
      this.#assigned(instances, pool);
    return this.#attemptOn(warm.handTo(this.#record, claim, assigned));
  }

  #assigned(instances: readonly AssignedInstance[], pool?: WarmPoolId): Fact {
    return { kind: 'InstancesAssigned', attempt: this.job.attempt + 1, instances, ...(pool && { pool }) };
  }

  /** Rejects with a `CapacityError` when MaxPendingTimeInSeconds, over all attempts, is over. */
  async #awaitInstances(claim: Claim): Promise<Attempt | undefined> {
    const { capacity, clock, warmPools } = this.#environment;
    const seconds = this.job.request.StoppingCondition?.MaxPendingTimeInSeconds;
    const served = new AbortController();
    const tooLong = new AbortController();
    if (seconds !== undefined) {
      clock.sleep(seconds * 1000 - this.#record.timeIn('Pending'), served.signal).then(
        () => tooLong.abort(pendingTooLong(seconds)),
        () => {},
      );
    }
    let onWarm: Attempt | undefined;
    const waitNoMore = warmPools.await({
      request: this.job.request,
      isFirst: () => capacity.isFirst(claim),
      take: (warm) => {
        onWarm = this.#takeOver(warm, claim);
        served.abort(new Stopped());
      },
    });
    const signal = AbortSignal.any([this.#stop.signal, tooLong.signal, this.#over.signal, served.signal]);
    try {
      const lease = await this.#takeTurn(claim, signal).catch(unlessStopped);
      if (!onWarm) return lease && this.#takeUp(lease);
      // Both may come in the same moment.
      lease?.release();
      return onWarm;
    } finally {
      waitNoMore();
      served.abort(new Stopped());
    }
  }

  /** Its turn may have come while capacity is withheld from it: then it lets the others go on. */
  async #takeTurn(claim: Claim, signal: AbortSignal): Promise<Lease> {
    const { capacity, faults } = this.#environment;
    for (;;) {
      await faults.capacityReturns(this.#seeker(), signal);
      const lease = await capacity.take(claim, signal);
      if (!faults.withholdCapacity(this.#seeker())) return lease;
      lease.release();
    }
  }

  /** The job as a fault that withholds capacity knows it. */
  #seeker(): CapacitySeeker {
    const { name, arn, request, attempt } = this.job;
    return {
      jobId: this.#record.id,
      jobName: name,
      jobArn: arn,
      attempt: attempt + 1,
      instanceTypes: instanceTypesOf(request),
    };
  }

  #claim(): Claim {
    return {
      need: needOf(this.job.request, this.#environment.driver.resources),
      order: this.#record.id,
      isSpot: this.job.request.EnableManagedSpotTraining ?? false,
      takeBack: () => {
        this.#isTakenBack = true;
        this.#attempt?.interrupt();
      },
    };
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

  /** The instances that an earlier life of this server assigned. */
  #reattach(): Attempt {
    return this.#attemptOn(this.#environment.capacity.retake(this.#claim(), this.job.instances));
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

const tooSmall = ({ name, total, wanted, setting }: ExceededLimit): JobFault =>
  new JobFault(
    'CapacityError',
    `Unable to provision requested ML compute capacity. '${name}' is ${total} by now, and the job needs ${wanted} (setting ${setting}).`,
  );

/** In SageMaker's words for a lack of capacity (training contract §1.6), and how long the job waited. */
const pendingTooLong = (seconds: number): JobFault =>
  new JobFault(
    'CapacityError',
    `Unable to provision requested ML compute capacity. The job was Pending for MaxPendingTimeInSeconds (${seconds}).`,
  );
