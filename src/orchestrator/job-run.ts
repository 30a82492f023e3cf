import type { InstanceAgent, InstancePlan } from '../agent/instance-agent.ts';
import type { Clock } from '../clock/clock.ts';
import type { Driver } from '../executors/driver.ts';
import type { Database } from '../store/database.ts';
import { appendFact, StaleWriter } from '../store/jobs/append-fact.ts';
import { markReleased } from '../store/jobs/mark-released.ts';
import type { StoredJob } from '../store/jobs/stored-job.ts';
import type { AlgorithmEnding, AssignedInstance, Fact, StopCause } from '../training/facts.ts';
import { failureReason, JobFault } from '../training/fault.ts';
import type { Job } from '../training/job.ts';
import { hasEnded, type SecondaryStatus } from '../training/lifecycle.ts';
import type { Capacity, Lease } from './capacity.ts';
import { algorithmEnding } from './failure-reason.ts';
import { assignInstances, needOf } from './placement.ts';

export interface JobRunEnvironment {
  readonly database: Database;
  readonly driver: Driver;
  readonly capacity: Capacity;
  readonly clock: Clock;
  readonly account: string;
  readonly region: string;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly stopGrace: number;
  readonly log: (line: string) => void;
}

/**
 * One job on its way from Starting to its end. Each step looks at the recorded facts and does only what is still to do, so a run
 * that is started again after a crash at any instant goes on where the last one was.
 */
export class JobRun {
  #stored: StoredJob;
  #lease: Lease | undefined;
  #agents: readonly InstanceAgent[] = [];
  #abandoned = false;
  readonly #environment: JobRunEnvironment;
  readonly #stop = new AbortController();

  constructor(stored: StoredJob, environment: JobRunEnvironment) {
    this.#stored = stored;
    this.#environment = environment;
    if (stored.job.stopCause) this.#stop.abort(new Stopped());
    if (stored.job.attempt > 0) this.#reattach();
  }

  get id(): number {
    return this.#stored.id;
  }

  get job(): Job {
    return this.#stored.job;
  }

  /** Takes the job to its end. Rejects only when the store fails; then it may be called again. */
  async run(): Promise<void> {
    if (!hasEnded(this.job.secondaryStatus)) await this.#runToEnd();
    await this.#release();
  }

  async #runToEnd(): Promise<void> {
    try {
      await this.#assign();
      await this.#prepare();
      await this.#train();
      await this.#upload();
      this.#conclude();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Asks the job to stop. A job that is stopping already goes on doing so. */
  requestStop(cause: StopCause): void {
    if (this.#abandoned || this.job.stopCause || hasEnded(this.job.secondaryStatus)) return;
    if (this.#in('Uploading')) {
      this.#record({ kind: 'LateStopRequested', cause });
    } else {
      this.#record({ kind: 'StopRequested', cause });
      this.#stop.abort(new Stopped());
    }
  }

  /** Lets go of everything without touching what runs. From now on it writes nothing: the job is another server's. */
  abandon(): void {
    this.#abandoned = true;
    for (const agent of this.#agents) agent.abandon();
  }

  /** Waits for capacity and takes it. */
  async #assign(): Promise<void> {
    if (this.job.attempt > 0 || this.#stop.signal.aborted) return;
    const { capacity, clock } = this.#environment;
    const need = needOf(this.job.request, this.#environment.driver.resources);
    this.#lease = capacity.tryTake(need, this.id);
    if (!this.#lease) {
      if (this.#in('Starting')) this.#record({ kind: 'CapacityAwaited' });
      this.#lease = await capacity.take(need, this.id, this.#stop.signal).catch(unlessStopped);
      if (!this.#lease) return;
    }
    const instances = assignInstances(this.job.request, this.#lease.gpus);
    this.#record({ kind: 'InstancesAssigned', attempt: 1, instances }, clock.now());
    this.#agents = this.#plans().map((plan) => this.#environment.driver.agent(plan));
  }

  async #prepare(): Promise<void> {
    if (this.#stop.signal.aborted || !this.#in('Starting', 'Pending', 'Downloading')) return;
    if (!this.#in('Downloading')) this.#record({ kind: 'DownloadStarted' });
    await Promise.all(this.#agents.map((agent) => agent.prepare(this.#stop.signal))).catch(unlessStopped);
  }

  async #train(): Promise<void> {
    if (!this.#stop.signal.aborted && this.#in('Downloading')) this.#record({ kind: 'TrainingStarted' });
    const startedAt = this.#startOf('Training');
    if (startedAt === undefined || this.#startOf('Uploading') !== undefined) return;
    const over = new AbortController();
    this.#limitRuntime(startedAt, over.signal);
    this.#stopAgentsWhenAsked(over.signal);
    try {
      await settleAll(this.#agents.map((agent) => this.#follow(agent)));
    } finally {
      over.abort(new Stopped());
    }
  }

  /** Follows one host's algorithm to its end. The first host to fail ends the others. */
  async #follow(agent: InstanceAgent): Promise<void> {
    const { host } = agent.plan;
    if (this.job.endings[host]) return;
    try {
      const end = await agent.train();
      const ending: AlgorithmEnding = algorithmEnding(host, end);
      // After a stop the exit code is ignored (training contract §4.5): it is recorded, but it is no failure.
      const { failureReason: _, ...withoutFailure } = ending;
      this.#record({ kind: 'AlgorithmEnded', host, ending: this.job.stopCause ? withoutFailure : ending });
      if (this.job.firstFailure === host) this.#stopAgents(this.#environment.stopGrace);
    } catch (error) {
      this.#stopAgents(this.#environment.stopGrace);
      throw error;
    }
  }

  /** MaxRuntimeInSeconds counts from the start of Training (training contract §4.5), also over restarts of the server. */
  #limitRuntime(startedAt: number, over: AbortSignal): void {
    const seconds = this.job.request.StoppingCondition?.MaxRuntimeInSeconds;
    if (seconds === undefined) return;
    const { clock } = this.#environment;
    clock
      .sleep(startedAt + seconds * 1000 - clock.now(), over)
      .then(
        () => this.requestStop('MaxRuntimeExceeded'),
        () => {},
      )
      .catch((error) =>
        this.#environment.log(`${this.job.name}: its runtime limit could not be recorded: ${error}`),
      );
  }

  #stopAgentsWhenAsked(over: AbortSignal): void {
    const stop = () => {
      const since = this.#startOf('Stopping') ?? this.#environment.clock.now();
      this.#stopAgents(Math.max(0, since + this.#environment.stopGrace - this.#environment.clock.now()));
    };
    if (this.#stop.signal.aborted) stop();
    else this.#stop.signal.addEventListener('abort', stop, { once: true, signal: over });
  }

  #stopAgents(grace: number): void {
    for (const agent of this.#agents) {
      agent
        .stop(grace)
        .catch((error) => this.#environment.log(`${this.job.name}: stop of ${agent.plan.host}: ${error}`));
    }
  }

  /** Artifacts are kept after success, failure, stop and time-out alike, once an algorithm ran (training contract §3.3). */
  async #upload(): Promise<void> {
    if (this.#startOf('Training') === undefined) return;
    if (!this.#in('Uploading')) this.#record({ kind: 'UploadStarted' });
    if (this.job.artifacts) return;
    try {
      const [artifacts = {}] = await Promise.all(
        this.#agents.map((agent) => agent.upload(new AbortController().signal)),
      );
      this.#record({ kind: 'ArtifactsStored', ...artifacts });
    } catch (error) {
      // The algorithm's own failure came first, and is what the reader must know.
      if (!this.job.firstFailure || !(error instanceof JobFault)) throw error;
      this.#environment.log(`${this.job.name}: its artifacts were not stored: ${error.message}`);
    }
  }

  #conclude(): void {
    const failed = this.job.firstFailure && this.job.endings[this.job.firstFailure];
    if (failed) this.#record({ kind: 'JobFailed', reason: failed.failureReason ?? '' });
    else if (this.job.stopCause) this.#record({ kind: 'JobStopped' });
    else this.#record({ kind: 'JobCompleted' });
  }

  #fail(error: unknown): void {
    if (error instanceof StaleWriter) throw error;
    if (error instanceof JobFault) {
      this.#record({ kind: 'JobFailed', reason: failureReason(error.kind, error.message) });
      return;
    }
    const detail = error instanceof Error ? error.message : String(error);
    this.#environment.log(`${this.job.name}: ${error instanceof Error ? error.stack : detail}`);
    const text = `We encountered an internal error in ${this.job.secondaryStatus}: ${detail}`;
    this.#record({ kind: 'JobFailed', reason: failureReason('InternalServerError', text) });
  }

  /** Rejects when an instance can't be cleaned up: it is tried again, and until then its place is not given to another job. */
  async #release(): Promise<void> {
    for (const agent of this.#agents) await agent.release();
    if (this.#agents.length > 0 && !this.#abandoned) markReleased(this.#environment.database, this.id);
    this.#lease?.release();
  }

  /** The instances that an earlier life of this server assigned. */
  #reattach(): void {
    this.#lease = this.#environment.capacity.retake(this.job.instances.map((each) => each.gpus));
    this.#agents = this.#plans().map((plan) => this.#environment.driver.agent(plan));
  }

  #plans(): InstancePlan[] {
    const { account, region } = this.#environment;
    const hosts = this.job.instances.map((each) => each.host);
    return this.job.instances.map((instance: AssignedInstance) => ({
      jobId: this.id,
      jobName: this.job.name,
      jobArn: this.job.arn,
      attempt: this.job.attempt,
      host: instance.host,
      hosts,
      instanceType: instance.instanceType,
      groupName: instance.groupName,
      request: this.job.request,
      account,
      region,
      gpus: instance.gpus,
      startedAt: this.job.assignedAt ?? this.job.createdAt,
    }));
  }

  #record(fact: Fact, at = this.#environment.clock.now()): void {
    if (this.#abandoned) throw new StaleWriter(this.job.arn, fact.kind);
    this.#stored = appendFact(this.#environment.database, this.#stored, fact, at);
  }

  #in(...statuses: readonly SecondaryStatus[]): boolean {
    return statuses.includes(this.job.secondaryStatus);
  }

  #startOf(status: SecondaryStatus): number | undefined {
    return this.job.transitions.findLast((each) => each.status === status)?.startedAt;
  }
}

/** The reason with which work is aborted when its job is asked to stop. */
class Stopped extends Error {
  constructor() {
    super('the job was asked to stop');
    this.name = 'Stopped';
  }
}

function unlessStopped(error: unknown): undefined {
  if (!(error instanceof Stopped)) throw error;
  return undefined;
}

/** Like `Promise.all`, but it waits for all of them before it rejects: nothing goes on behind the job's back. */
async function settleAll(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const rejected = results.find((each) => each.status === 'rejected');
  if (rejected) throw rejected.reason;
}
