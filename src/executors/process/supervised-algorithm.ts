import type { Clock } from '../../clock/clock.ts';
import { type AlgorithmExit, type RunningAlgorithm, RuntimeFault, type Usage } from '../runtime.ts';
import { type Session, SessionRefused, type SessionRequest } from '../session.ts';
import { tellUntilHeard } from '../termination.ts';
import { cgroupUsage } from '../usage/cgroup-usage.ts';
import { AlgorithmFollower } from './algorithm-follower.ts';
import { readClaim } from './claim.ts';
import { ranOutOfMemory, removeCgroups } from './instance-cgroups.ts';
import { type Launch, type LaunchPhase, phaseOf } from './launch-phase.ts';
import { readStatus } from './launch-status.ts';
import type { Members } from './members.ts';
import { type Hearing, killProcess, runningProcess } from './process-table.ts';
import { openSession } from './session.ts';

/** A launched algorithm, from the first sign of it to its end. */
export class SupervisedAlgorithm implements RunningAlgorithm {
  readonly ended: Promise<AlgorithmExit>;
  /** Resolves when the algorithm runs, or has ended; rejects with a `RuntimeFault` when it never will have run. */
  readonly started: Promise<void>;
  readonly #launch: Launch;
  readonly #clock: Clock;
  readonly #follower: AlgorithmFollower;
  readonly #release: () => Promise<void>;
  readonly #over = new AbortController();
  readonly #end = Promise.withResolvers<AlgorithmExit>();
  readonly #start = Promise.withResolvers<void>();
  #launcher: number | undefined;
  #members: Members | undefined;
  #askedToEnd = false;

  /** `release` undoes what was made for it besides its cgroups. */
  constructor(launch: Launch, clock: Clock, release: () => Promise<void>) {
    this.#launch = launch;
    this.#clock = clock;
    this.#release = release;
    this.ended = this.#end.promise;
    this.started = this.#start.promise;
    this.started.catch(() => undefined); // It may fail before anybody waits for it.
    this.#follower = new AlgorithmFollower(launch, (phase) => this.#onPhase(phase));
    this.#follower.look();
  }

  /** The launch was given up before a supervisor had it. */
  giveUp(cause: string): void {
    this.#follower.close();
    this.#start.reject(new RuntimeFault('internal', cause));
  }

  /** The process that is to claim the launch, unless another one has. */
  launchedAs(pid: number): void {
    this.#launcher = pid;
    this.#follower.look();
  }

  async stop(graceMs: number): Promise<void> {
    if (this.#over.signal.aborted) return;
    if (graceMs <= 0) return this.#members?.kill();
    if (!this.#askedToEnd) {
      this.#askedToEnd = true;
      void tellUntilHeard(this.#tell(), {
        clock: this.#clock,
        over: this.#over.signal,
        hearing: () => this.#members?.hearing() ?? 'catches',
        tell: () => this.#tell(),
      });
    }
    void this.#killAfter(graceMs);
  }

  async open(request: SessionRequest): Promise<Session> {
    const { record, folder } = this.#launch;
    const { child } = readStatus(folder.status);
    if (this.#follower.look().kind !== 'running' || child === undefined) {
      throw new SessionRefused('The algorithm does not run.');
    }
    if (record.sandbox === 'none') {
      throw new SessionRefused(
        'Without a sandbox, algorithms run on the machine itself: there is nothing to enter.',
      );
    }
    return openSession({ first: child, cgroups: record.cgroups }, request);
  }

  /** The supervisor first: it must not live to tell of the algorithm's end. */
  async lose(): Promise<void> {
    if (this.#over.signal.aborted) return;
    const claim = readClaim(this.#launch.folder);
    if (claim.kind === 'signed') killProcess(claim.launcher);
    this.#members?.kill();
  }

  /** The processes tell more than their cgroups do, but the cgroups know of those that are gone, and of memory that is shared. */
  async usage(): Promise<Usage | undefined> {
    if (this.#over.signal.aborted) return undefined;
    const used = this.#members?.usage();
    return used && { ...used, ...cgroupUsage(this.#launch.record.cgroups) };
  }

  async release(): Promise<void> {
    this.#follower.close();
    await Promise.all(this.#launch.record.cgroups.map((each) => removeCgroups([each])));
    await this.#release();
  }

  abandon(): void {
    this.#over.abort();
    this.#follower.close();
  }

  /** SIGTERM. Says what process 1 makes of it. */
  #tell(): Hearing {
    const hearing = this.#members?.hearing() ?? 'catches';
    this.#members?.terminate();
    return hearing;
  }

  async #killAfter(graceMs: number): Promise<void> {
    try {
      await this.#clock.sleep(graceMs, this.#over.signal);
    } catch {
      return; // It ended in time.
    }
    this.#members?.kill();
  }

  #onPhase(phase: LaunchPhase): void {
    if (phase.kind === 'unclaimed') {
      if (this.#isLost())
        this.giveUp('The launch of the algorithm was killed before it began, or the disk is full.');
    } else if (phase.kind === 'running') {
      this.#members = phase.members;
      this.#start.resolve();
    } else if (phase.kind === 'failed') {
      // Where nothing says that the command begins, it was taken to have begun.
      if (this.#members) this.#finish({ kind: 'vanished', detail: phase.detail });
      else this.giveUp(`The algorithm could not be started: ${phase.detail}.`);
    } else if (phase.kind === 'exited') {
      const outOfMemory = ranOutOfMemory(this.#launch.record.cgroups);
      this.#finish({ kind: 'exited', code: phase.code, outOfMemory });
    } else if (phase.kind === 'vanished') {
      this.#finish({ kind: 'vanished', detail: phase.detail });
    }
  }

  /** Asked in this order: a process that is gone has claimed the launch by then, or never will. */
  #isLost(): boolean {
    if (this.#launcher === undefined || runningProcess(this.#launcher)) return false;
    return phaseOf(this.#launch).kind === 'unclaimed';
  }

  #finish(exit: AlgorithmExit): void {
    this.#over.abort();
    this.#start.resolve();
    this.#end.resolve(exit);
  }
}
