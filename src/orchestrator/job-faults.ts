/** A job that waits for capacity. */
export interface CapacitySeeker {
  readonly jobId: number;
  readonly jobName: string;
  readonly jobArn: string;
  /** The attempt that capacity is sought for. */
  readonly attempt: number;
  readonly instanceTypes: readonly string[];
}

/** An attempt in Training, as a fault may strike it. */
export interface Victim extends CapacitySeeker {
  readonly hosts: readonly string[];
  readonly isSpot: boolean;
  /** When Training began: epoch milliseconds. */
  readonly trainingSince: number;
  /** Takes its spot capacity back. */
  interrupt(): void;
  /** Kills all that runs on a host. */
  lose(host: string): Promise<void>;
}

/** The faults that were asked for, as the orchestrator meets them. */
export interface JobFaults {
  /** Whether there is none for a job, whatever is free. */
  withholdCapacity(seeker: CapacitySeeker): boolean;
  /** Resolves when nothing withholds capacity from it. Rejects with the signal's reason when it aborts first. */
  capacityReturns(seeker: CapacitySeeker, signal: AbortSignal): Promise<void>;
  /** Strikes an attempt with all that is meant for it, until the signal aborts: Training is over then. */
  haunt(victim: Victim, signal: AbortSignal): void;
}

/** Nothing goes wrong but by itself. */
export const NO_FAULTS: JobFaults = {
  withholdCapacity: () => false,
  capacityReturns: async () => {},
  haunt: () => {},
};
