import type { InstanceAgent } from '../agent/instance-agent.ts';
import type { Clock } from '../clock/clock.ts';
import { type Session, SessionRefused, type SessionRequest } from '../executors/session.ts';
import type { AlgorithmEnding, StopCause } from '../training/facts.ts';
import { JobFault } from '../training/fault.ts';
import type { Lease } from './capacity.ts';
import { algorithmEnding } from './failure-reason.ts';
import type { JobRecord } from './job-record.ts';
import { Stopped, unlessStopped } from './stopped.ts';

export interface AttemptOptions {
  readonly record: JobRecord;
  readonly agents: readonly InstanceAgent[];
  readonly lease: Lease;
  readonly clock: Clock;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly stopGrace: number;
  /** Aborts when the job is asked to stop. */
  readonly stop: AbortSignal;
  /** Whether the job is tried once more when this attempt is lost. */
  readonly mayRetry: () => boolean;
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
  readonly #agents: readonly InstanceAgent[];
  readonly #interruption = new AbortController();
  /** Aborts when the attempt is to end, for whichever reason. */
  readonly #halt: AbortSignal;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.#record = options.record;
    this.#agents = options.agents;
    this.#halt = AbortSignal.any([options.stop, this.#interruption.signal]);
    if (this.#record.isIn('Interrupted')) this.#interruption.abort(new Stopped());
  }

  /** Rejects with a `JobFault`, with `AttemptLost` or `AttemptInterrupted`, or with the store's fault. */
  async run(): Promise<void> {
    await this.#prepare();
    await this.#train();
    if (this.#record.isIn('Interrupted')) await this.#leave(new AttemptInterrupted());
    if (this.#isLost() && this.#options.mayRetry()) {
      await this.#leave(new AttemptLost(this.#firstFailure()?.failureReason ?? ''));
    }
    await this.#upload();
  }

  /** The next attempt goes on from the checkpoints of this one, so they must be in S3 before it is given up. */
  async #leave(why: Error): Promise<never> {
    if (this.#record.startOf('Training') !== undefined) {
      await Promise.all(this.#agents.map((agent) => agent.flush(new AbortController().signal)));
    }
    throw why;
  }

  /** Its spot capacity is wanted back: ends what runs. One that is ending already does so anyway. */
  interrupt(): void {
    if (this.#record.isClosed || !this.#record.isIn('Starting', 'Pending', 'Downloading', 'Training')) return;
    this.#record.add({ kind: 'Interrupted' });
    this.#interruption.abort(new Stopped());
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

  /** Leaves nothing on the instances. Rejects when one can't be cleaned up; then it is to be called again. */
  async clean(): Promise<void> {
    for (const agent of this.#agents) await agent.release();
  }

  /** Gives the place to others. After `clean`. */
  releaseCapacity(): void {
    this.#options.lease.release();
  }

  abandon(): void {
    for (const agent of this.#agents) agent.abandon();
  }

  async #prepare(): Promise<void> {
    const halt = this.#halt;
    if (halt.aborted || !this.#record.isIn('Starting', 'Pending', 'Downloading')) return;
    if (!this.#record.isIn('Downloading')) this.#record.add({ kind: 'DownloadStarted' });
    await settleAll(this.#agents.map((agent) => agent.prepare(halt))).catch(unlessStopped);
  }

  async #train(): Promise<void> {
    if (!this.#halt.aborted && this.#record.isIn('Downloading'))
      this.#record.add({ kind: 'TrainingStarted' });
    if (this.#record.startOf('Training') === undefined || this.#record.startOf('Uploading') !== undefined)
      return;
    const over = new AbortController();
    this.#limitRuntime(over.signal);
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
    if (this.#record.job.endings[host]) return;
    try {
      const ending = algorithmEnding(host, await agent.train());
      this.#record.add({ kind: 'AlgorithmEnded', host, ending: this.#asSeen(ending) });
      if (this.#record.job.firstFailure === host) this.#stopAgents(this.#options.stopGrace);
    } catch (error) {
      this.#stopAgents(this.#options.stopGrace);
      throw error;
    }
  }

  /** After it was asked to end the exit code is ignored (training contract §4.5): it is recorded, but it is no failure. */
  #asSeen(ending: AlgorithmEnding): AlgorithmEnding {
    if (!this.#halt.aborted) return ending;
    return ending.exitCode === undefined ? {} : { exitCode: ending.exitCode };
  }

  /**
   * MaxRuntimeInSeconds counts the time in Training, over all attempts (training contract §4.5); a restart of the server does not
   * stop its clock.
   */
  #limitRuntime(over: AbortSignal): void {
    const seconds = this.#record.job.request.StoppingCondition?.MaxRuntimeInSeconds;
    if (seconds === undefined) return;
    this.#options.clock
      .sleep(seconds * 1000 - this.#record.timeIn('Training'), over)
      .then(
        () => this.#options.requestStop('MaxRuntimeExceeded'),
        () => {},
      )
      .catch((error) =>
        this.#options.log(`${this.#record.job.name}: its runtime limit was not recorded: ${error}`),
      );
  }

  #stopAgentsWhenAsked(over: AbortSignal): void {
    const { stopGrace, clock } = this.#options;
    const stopAgents = () => {
      const since = this.#record.startOf('Interrupted') ?? this.#record.startOf('Stopping') ?? clock.now();
      this.#stopAgents(Math.max(0, since + stopGrace - clock.now()));
    };
    if (this.#halt.aborted) stopAgents();
    else this.#halt.addEventListener('abort', stopAgents, { once: true, signal: over });
  }

  #stopAgents(grace: number): void {
    for (const agent of this.#agents) {
      agent
        .stop(grace)
        .catch((error) =>
          this.#options.log(`${this.#record.job.name}: stop of ${agent.plan.host}: ${error}`),
        );
    }
  }

  /** Artifacts are kept after success, failure, stop and time-out alike, once an algorithm ran (training contract §3.3). */
  async #upload(): Promise<void> {
    if (this.#record.startOf('Training') === undefined) return;
    if (!this.#record.isIn('Uploading')) this.#record.add({ kind: 'UploadStarted' });
    if (this.#record.job.artifacts) return;
    try {
      const [artifacts = {}] = await Promise.all(
        this.#agents.map((agent) => agent.upload(new AbortController().signal)),
      );
      this.#record.add({ kind: 'ArtifactsStored', ...artifacts });
    } catch (error) {
      // The algorithm's own failure came first, and is what the reader must know.
      if (!this.#firstFailure() || !(error instanceof JobFault)) throw error;
      this.#options.log(`${this.#record.job.name}: its artifacts were not stored: ${error.message}`);
    }
  }

  #firstFailure(): AlgorithmEnding | undefined {
    const { firstFailure, endings } = this.#record.job;
    return firstFailure === undefined ? undefined : endings[firstFailure];
  }

  /** The failure is our side's: there is no exit code. */
  #isLost(): boolean {
    const failure = this.#firstFailure();
    return failure !== undefined && failure.exitCode === undefined;
  }
}

/** Like `Promise.all`, but it waits for all of them before it rejects: nothing goes on behind the job's back. */
async function settleAll(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const rejected = results.find((each) => each.status === 'rejected');
  if (rejected) throw rejected.reason;
}
