import type { Mount, RunningAlgorithm } from '../executors/runtime.ts';
import type { Instance } from './hook.ts';

/** Work that goes on beside the algorithm: a sync, a feeder of pipes. */
export interface Companion {
  /** What the algorithm sees of it outside of `/opt/ml`, or over a part of it. */
  readonly mounts?: readonly Mount[];
  /** Aborts when it can't go on, and the algorithm not without it: the algorithm is ended then, and `finish` rejects with the cause. */
  readonly failed?: AbortSignal;
  /** The algorithm runs now, or was found again. Must not throw: it goes on whatever becomes of this. */
  algorithmRuns?(running: RunningAlgorithm): void;
  /** The instance's plan says by now that it is profiled otherwise. Must not throw, and may come at any time. */
  profilerChanged?(): void;
  /** The algorithm has ended: finishes what is to be finished, in bounded time. Rejects with a `JobFault`. */
  finish(): Promise<void>;
  /** Stops at once and leaves everything as it is: the server ends, the algorithm goes on. After `finish` without effect. */
  abandon(): void;
}

/** Makes the companion of an instance, where its job has a use for one. */
export interface CompanionHook {
  readonly name: string;
  /**
   * Before the algorithm starts, and again each time that an agent after a crash finds the algorithm (which may have ended by
   * then): it goes on from what is on the disk. Rejects with a `JobFault`.
   */
  start(instance: Instance): Promise<Companion | undefined>;
  /**
   * Leaves nothing of it behind on the machine, whichever agent started it, if any did. The algorithm is gone by then. With
   * `keepsWarm`, another job will run on the instance.
   */
  release?(instance: Instance, keepsWarm?: boolean): Promise<void>;
}

/** The companions of an instance, as one. */
export class Companions {
  readonly #companions: readonly Companion[];

  private constructor(companions: readonly Companion[]) {
    this.#companions = companions;
  }

  /** Starts them in order. When one can't be, those before it are abandoned. */
  static async start(hooks: readonly CompanionHook[], instance: Instance): Promise<Companions> {
    const started: Companion[] = [];
    try {
      for (const hook of hooks) {
        const companion = await hook.start(instance);
        if (companion) started.push(companion);
      }
      return new Companions(started);
    } catch (error) {
      for (const companion of started) companion.abandon();
      throw error;
    }
  }

  get mounts(): readonly Mount[] {
    return this.#companions.flatMap(({ mounts = [] }) => mounts);
  }

  /** Aborts when one of them has failed. */
  get failed(): AbortSignal {
    return AbortSignal.any(this.#companions.flatMap(({ failed }) => failed ?? []));
  }

  algorithmRuns(running: RunningAlgorithm): void {
    for (const companion of this.#companions) companion.algorithmRuns?.(running);
  }

  profilerChanged(): void {
    for (const companion of this.#companions) companion.profilerChanged?.();
  }

  /** Finishes all of them, also when one fails; the first failure is thrown afterwards. */
  async finish(): Promise<void> {
    const ends = await Promise.allSettled(this.#companions.map((companion) => companion.finish()));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }

  abandon(): void {
    for (const companion of this.#companions) companion.abandon();
  }
}
