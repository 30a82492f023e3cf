import { JobFault } from '../training/fault.ts';
import type { AgentEnvironment } from './agent-environment.ts';
import type { InstancePlan, PrepareStep } from './instance-agent.ts';
import type { InstanceFolder } from './instance-folder.ts';

/** What a hook works on. */
export interface Instance {
  readonly plan: InstancePlan;
  readonly folder: InstanceFolder;
  readonly environment: AgentEnvironment;
  /** A line of the agent's own in the job's log. */
  say(line: string): void;
  /** Tells how far the preparation is. */
  progress(step: PrepareStep): void;
}

/**
 * One named piece of a phase's work. Hooks of a phase run in order. A hook may run again after a crash at any instant: it finds
 * what it did on the instance's disk, or does it again with the same result.
 */
export interface Hook<Result = void> {
  readonly name: string;
  run(instance: Instance, signal: AbortSignal): Promise<Result>;
}

/** Runs the hooks of a phase. Rejects with a `JobFault`, or with the signal's reason when it aborts. */
export async function runHooks<Result>(
  hooks: readonly Hook<Result>[],
  instance: Instance,
  signal: AbortSignal,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const hook of hooks) {
    signal.throwIfAborted();
    try {
      results.push(await hook.run(instance, signal));
    } catch (error) {
      signal.throwIfAborted();
      throw asJobFault(error, hook.name);
    }
  }
  return results;
}

/** An error that nobody foresaw is the service's fault, and says where it came from. */
export function asJobFault(error: unknown, where: string): JobFault {
  if (error instanceof JobFault) return error;
  const cause = error instanceof Error ? error.message : String(error);
  return new JobFault('InternalServerError', `${where}: ${cause}`);
}
