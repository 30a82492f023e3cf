import { JobFault } from '../../training/fault.ts';
import type { Hook, Instance } from '../hook.ts';
import { checkDisk } from './disk.ts';
import { checkGpus } from './gpus.ts';
import type { InstanceCheck } from './instance-check.ts';
import { checkLoopback } from './loopback.ts';
import { checkMemory } from './memory.ts';

const CHECKS: readonly InstanceCheck[] = [checkDisk, checkMemory, checkLoopback, checkGpus];

/** InfraCheckConfig: a real check of the instance, before anything is brought to it. A failing one is our side's fault. */
export const checkInstance: Hook = {
  name: 'check the instance',
  async run(instance, signal) {
    if (!instance.plan.request.InfraCheckConfig?.EnableInfraCheck) return;
    const { furtherChecks = [] } = instance.environment;
    await runChecks([...CHECKS, ...furtherChecks], instance, signal);
  },
};

/** Runs checks in order and says in the job's log what each found. Rejects with a `JobFault` that names the one that failed. */
export async function runChecks(
  checks: readonly InstanceCheck[],
  instance: Instance,
  signal: AbortSignal,
): Promise<void> {
  for (const check of checks) {
    signal.throwIfAborted();
    instance.say(`infrastructure check, ${check.name}: ${await outcome(check, instance, signal)}`);
  }
}

async function outcome(check: InstanceCheck, instance: Instance, signal: AbortSignal): Promise<string> {
  try {
    return await check.run(instance, signal);
  } catch (error) {
    signal.throwIfAborted();
    const cause = error instanceof Error ? error.message : String(error);
    throw new JobFault(
      'InternalServerError',
      `The infrastructure check of ${instance.plan.host} failed in Starting: ${check.name}: ${cause}`,
    );
  }
}
