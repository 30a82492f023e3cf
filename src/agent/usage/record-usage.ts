import { availableParallelism, totalmem } from 'node:os';
import type { RunningAlgorithm } from '../../executors/runtime.ts';
import type { Companion, CompanionHook } from '../companion.ts';
import type { Instance } from '../hook.ts';
import type { Capacity } from './sample.ts';
import type { Subject } from './usage-sampler.ts';

/** Records what the instance uses while its algorithm runs. No job fails for it. */
export const recordUsage: CompanionHook = {
  name: 'usage',
  async start(instance): Promise<Companion | undefined> {
    const { usage: recorder, log } = instance.environment;
    if (!recorder) return undefined;
    let stop = () => {};
    return {
      algorithmRuns(running) {
        const subject = subjectOf(instance, running);
        if (!subject) return;
        try {
          stop = recorder.record(instance.plan, subject);
        } catch (error) {
          log(`what ${instance.plan.jobName} uses is not recorded: ${(error as Error).message}`);
        }
      },
      finish: async () => stop(),
      abandon: () => stop(),
    };
  },
};

/** A running algorithm as the sampler sees it. Undefined: its runtime can't tell what it uses. */
export function subjectOf(
  { plan, folder, environment }: Instance,
  running: RunningAlgorithm,
): Subject | undefined {
  if (!running.usage) return undefined;
  return {
    usage: () => running.usage?.() ?? Promise.resolve(undefined),
    capacity: capacityOf(environment.instanceType),
    folder: folder.home,
    gpus: plan.gpus,
  };
}

/** What its type says, or the machine where that has less. */
function capacityOf({ cpus, memoryBytes }: Partial<Capacity>): Capacity {
  const constrained = process.constrainedMemory();
  const machineMemory = constrained > 0 ? Math.min(totalmem(), constrained) : totalmem();
  return {
    cpus: Math.min(cpus ?? Number.POSITIVE_INFINITY, availableParallelism()),
    memoryBytes: Math.min(memoryBytes ?? Number.POSITIVE_INFINITY, machineMemory),
  };
}
