import type { Instance } from '../hook.ts';

/** One thing that an instance must be able to do. */
export interface InstanceCheck {
  readonly name: string;
  /** What was found, in a few words for the job's log. Rejects when the instance fails, saying how. */
  run(instance: Instance, signal: AbortSignal): Promise<string>;
}
