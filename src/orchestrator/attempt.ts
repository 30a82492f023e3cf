import type { InstanceAgent } from '../agent/instance-agent.ts';
import type { Clock } from '../clock/clock.ts';
import { type Session, SessionRefused, type SessionRequest } from '../executors/session.ts';
import type { ProfilerConfig } from '../model/types.generated.ts';
import type { AlgorithmEnding, AssignedInstance, Fact, StopCause } from '../training/facts.ts';
import { JobFault } from '../training/fault.ts';
import { lifecycle } from '../training/lifecycle.ts';
import type { Lease } from './capacity/claim.ts';
import { algorithmEnding, faultEnding } from './failure-reason.ts';
import { HostStops } from './host-stops.ts';
import { checkInstances, isChecked } from './instance-checks.ts';
import type { JobFaults, Victim } from './job-faults.ts';
import { type JobRecord, STORE_RETRY_MS, StoreFault } from './job-record.ts';
import { instanceTypesOf } from './placement.ts';
import { Stopped, unlessStopped } from './stopped.ts';
import { together } from './together.ts';

export interface AttemptOptions {
  readonly record: JobRecord;
  /** Makes the agent of an instance, or finds the one that serves it. */
  readonly agentOf: (instance: AssignedInstance) => InstanceAgent;
  readonly lease: Lease;
  readonly clock: Clock;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly stopGrace: number;
  /** Aborts when the job is asked to stop. */
  readonly stop: AbortSignal;
  /** Whether the job is tried once more when this attempt is lost. */
  readonly mayRetry: () => boolean;
  /** What was asked to go wrong. */
  readonly faults: JobFaults;
  requestStop(cause: StopCause): void;
  log(line: string): void;
}

/** The algorithm is gone by no fault of its own, and the job may be tried again. */
export class AttemptLost extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'AttemptLost';
  }
}

/** The attempt's spot capacity was taken back, and it has ended. */
export class AttemptInterrupted extends Error {
  constructor() {
    super('its spot capacity was taken back');
    this.name = 'AttemptInterrupted';
  }
}

/**
 * A job on its instances, from the download to the upload. Each step looks at the recorded facts and does only what is still to do, so
 * an attempt that is taken up again after a crash at any instant goes on where it was.
 */
export class Attempt {
  readonly #options: AttemptOptions;
  readonly #record: JobRecord;
  /** In the order of the hosts. */
  readonly #agents: InstanceAgent[];
  readonly #interruption = new AbortController();
  /** Aborts when the attempt is to end, for whichever reason. */
  readonly #halt: AbortSignal;
  readonly #stops: HostStops;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.#record = options.record;
    this.#agents = this.#record.job.instances.map((instance) => options.agentOf(instance));
    this.#halt = AbortSignal.any([options.stop, this.#interruption.signal]);
    this.#stops = new HostStops({ ...options, agents: this.#agents, halt: this.#halt });
    if (this.#record.isIn('Interrupted')) this.#interruption.abort(new Stopped());
  }

  /**
   * Resolves with what is to be recorded with the job's end. Rejects with a `JobFault`, with `AttemptLost` or `AttemptInterrupted`, or
   * with the store's fault.
   */
  async run(): Promise<readonly Fact[]> {
    await this.#check();
    await this.#prepare();
    await this.#train();
    if (this.#record.isIn('Interrupted')) await this.#leave(new AttemptInterrupted());
    const lost = this.#lost();
    if (lost && this.#options.mayRetry()) await this.#leave(new AttemptLost(lost.failureReason ?? ''));
    return this.#upload();
  }

  /** The next attempt goes on from the checkpoints of this one, so they must be in S3 before it is given up. */
  async #leave(why: Error): Promise<never> {
    if (this.#record.startOf('Training') !== undefined) {
      await together(this.#agents, never(), (agent) => agent.flush(never()));
    }
    throw why;
  }

  /** Its spot capacity is wanted back: ends what runs. One that is ending already does so anyway. */
  interrupt(): void {
    if (this.#record.isClosed || !this.#record.isIn('Starting', 'Pending', 'Downloading', 'Training')) return;
    this.#record.add({ kind: 'Interrupted' });
    this.#interruption.abort(new Stopped());
  }

  /** Has the instances profiled in another way. What comes after them has it from its plan. */
  changeProfiler(config: ProfilerConfig): void {
    for (const agent of this.#agents) {
      agent
        .changeProfiler(config)
        .catch((error) =>
          this.#options.log(`${this.#record.job.name}: profiler of ${agent.plan.host}: ${error}`),
        );
    }
  }

  /** Rejects with `SessionRefused`. */
  async openSession(host: string, request: SessionRequest): Promise<Session> {
    const agent = this.#agents.find(({ plan }) => plan.host === host);
    if (!agent) {
      const hosts = this.#agents.map(({ plan }) => plan.host).join(', ');
      throw new SessionRefused(`The job has no host ${host}: it has ${hosts}.`);
    }
    return agent.openSession(request);
  }

  get lease(): Lease {
    return this.#options.lease;
  }

  /**
   * Leaves nothing on the instances but what makes them warm, if that is to be kept. Rejects when one can't be cleaned up; then it is
   * to be called again.
   */
  async clean({ keepsWarm = false } = {}): Promise<void> {
    await together(this.#agents, never(), (agent) => agent.release({ keepsWarm }));
  }

  /** Gives the place to others. After `clean`. */
  releaseCapacity(): void {
    this.#options.lease.release();
  }

  abandon(): void {
    for (const agent of this.#agents) agent.abandon();
  }

  async #check(): Promise<void> {
    if (!isChecked(this.#record.job) || this.#halt.aborted || !this.#record.isIn('Starting', 'Pending'))
      return;
    const { lease, agentOf } = this.#options;
    const instances = { agents: this.#agents, record: this.#record, lease, agentOf };
    await checkInstances(instances, this.#halt).catch(unlessStopped);
  }

  async #prepare(): Promise<void> {
    const halt = this.#halt;
    if (halt.aborted || !this.#record.isIn('Starting', 'Pending', 'Downloading')) return;
    if (!this.#record.isIn('Downloading')) this.#record.add({ kind: 'DownloadStarted' });
    const progress = () => this.#tellImageDownload();
    await together(this.#agents, halt, (agent, _, stop) =>
      this.#onHost(agent, () => agent.prepare(stop, progress)),
    ).catch(unlessStopped);
  }

  /** Said once, by the first host that needs the image. A store that fails at this moment fails no job. */
  #tellImageDownload(): void {
    if (this.#record.isClosed || this.#halt.aborted || !this.#record.isIn('Downloading')) return;
    const { job } = this.#record;
    if (job.transitions.at(-1)?.message === lifecycle.ImageDownloadStarted.message) return;
    try {
      this.#record.add({ kind: 'ImageDownloadStarted' });
    } catch (error) {
      this.#options.log(`${job.name}: the download of its image was not recorded: ${error}`);
    }
  }

  async #train(): Promise<void> {
    if (!this.#halt.aborted && this.#record.isIn('Downloading'))
      this.#record.add({ kind: 'TrainingStarted' });
    if (this.#record.startOf('Training') === undefined || this.#record.startOf('Uploading') !== undefined)
      return;
    const over = new AbortController();
    this.#stops.begin(over.signal);
    try {
      const followed = together(this.#agents, never(), (agent) => this.#follow(agent));
      this.#options.faults.haunt(this.#victim(), over.signal);
      await followed;
    } finally {
      over.abort(new Stopped());
    }
  }

  /** Follows one host's algorithm to its end. The first host to fail ends the others. */
  async #follow(agent: InstanceAgent): Promise<void> {
    const { host } = agent.plan;
    if (this.#record.job.endings[host]) return;
    try {
      const ending = algorithmEnding(host, await agent.train(), this.#agents.length);
      await this.#learnEnding(host, this.#asSeen(ending));
    } catch (error) {
      // In a job of several hosts it must be known after a crash which of them failed, and that the others were ended because of it.
      if (!(error instanceof JobFault) || this.#agents.length === 1) throw error;
      await this.#learnEnding(host, faultEnding(host, error));
    }
  }

  /** The other hosts run on, perhaps for days: what the store refuses is tried again here. */
  async #learnEnding(host: string, ending: AlgorithmEnding): Promise<void> {
    const isLast = this.#agents.every(
      ({ plan }) => plan.host === host || this.#record.job.endings[plan.host],
    );
    for (;;) {
      const leadsToUpload =
        isLast &&
        this.#record.isIn('Training', 'Stopping') &&
        !((ending.isLost || this.#lost()) && this.#options.mayRetry());
      try {
        const end = { kind: 'AlgorithmEnded', host, ending } as const;
        if (leadsToUpload) this.#record.add(end, { kind: 'UploadStarted' });
        else this.#record.add(end);
        break;
      } catch (error) {
        if (!(error instanceof StoreFault)) throw error;
        this.#options.log(`${this.#record.job.name}: the end of ${host} will be recorded again: ${error}`);
        await this.#options.clock.sleep(STORE_RETRY_MS);
      }
    }
    if (this.#record.job.firstFailure === host) this.#stops.afterFailure();
  }

  /** In a job of several hosts a fault says where it happened. */
  async #onHost<T>(agent: InstanceAgent, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof JobFault) || this.#agents.length === 1) throw error;
      throw new JobFault(error.kind, error.message, agent.plan.host);
    }
  }

  #victim(): Victim {
    const { name, arn, attempt, request } = this.#record.job;
    return {
      ...{ jobId: this.#record.id, jobName: name, jobArn: arn, attempt },
      instanceTypes: instanceTypesOf(request),
      hosts: this.#agents.map(({ plan }) => plan.host),
      isSpot: request.EnableManagedSpotTraining ?? false,
      trainingSince: this.#record.startOf('Training') ?? this.#options.clock.now(),
      interrupt: () => this.interrupt(),
      lose: async (host) => this.#agents.find(({ plan }) => plan.host === host)?.lose(),
    };
  }

  /** After it was asked to end the exit code is ignored (training contract §4.5): it is recorded, but it is no failure. */
  #asSeen(ending: AlgorithmEnding): AlgorithmEnding {
    if (!this.#halt.aborted) return ending;
    return ending.exitCode === undefined ? {} : { exitCode: ending.exitCode };
  }

  /** Artifacts are kept after success, failure, stop and time-out alike, once an algorithm ran (training contract §3.3). */
  async #upload(): Promise<readonly Fact[]> {
    if (this.#record.startOf('Training') === undefined) return [];
    if (!this.#record.isIn('Uploading')) this.#record.add({ kind: 'UploadStarted' });
    if (this.#record.job.artifacts) return [];
    try {
      // The first host's agent makes the artifacts of what is on all of them.
      const [artifacts = {}] = await together(this.#agents, never(), (agent, index) =>
        this.#onHost(agent, () => agent.upload(never(), index === 0 ? this.#agents : [])),
      );
      return [{ kind: 'ArtifactsStored', ...artifacts }];
    } catch (error) {
      // The algorithm's own failure came first, and is what the reader must know.
      if (!this.#firstFailure() || !(error instanceof JobFault)) throw error;
      this.#options.log(`${this.#record.job.name}: its artifacts were not stored: ${error.message}`);
      return [];
    }
  }

  #firstFailure(): AlgorithmEnding | undefined {
    const { firstFailure, endings } = this.#record.job;
    return firstFailure === undefined ? undefined : endings[firstFailure];
  }

  /** The end of a host that our side lost. Other hosts may have failed before, for want of it. */
  #lost(): AlgorithmEnding | undefined {
    return Object.values(this.#record.job.endings).find(({ isLost }) => isLost);
  }
}

const never = (): AbortSignal => new AbortController().signal;
