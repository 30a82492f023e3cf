import type { InstanceAgent } from '../agent/instance-agent.ts';
import type { AssignedInstance } from '../training/facts.ts';
import { JobFault } from '../training/fault.ts';
import type { Job } from '../training/job.ts';
import type { Lease } from './capacity/claim.ts';
import type { JobRecord } from './job-record.ts';
import { together } from './together.ts';

/** So many instances may be tried in vain for one host. */
const MOST_REPLACEMENTS = 3;

/** The instances of an attempt, where one may take the place of another. */
interface Instances {
  /** In the order of the hosts; an agent is exchanged with its instance. */
  readonly agents: InstanceAgent[];
  readonly record: JobRecord;
  readonly lease: Lease;
  readonly agentOf: (instance: AssignedInstance) => InstanceAgent;
}

/** Whether the job's instances are checked. What an earlier job ran on has passed its check. */
export const isChecked = ({ request, warmPool }: Job): boolean =>
  warmPool === undefined && (request.InfraCheckConfig?.EnableInfraCheck ?? false);

/**
 * Tries all instances, and replaces those that are of no use before anything is brought to them, as long as there are others.
 * Rejects with the failure of one that could not be replaced, or with the signal's reason when it aborts.
 */
export async function checkInstances(instances: Instances, signal: AbortSignal): Promise<void> {
  await together(instances.agents, signal, (_, index, stop) => checkOne(instances, index, stop));
}

async function checkOne(instances: Instances, index: number, stop: AbortSignal): Promise<void> {
  for (let agent = instances.agents[index]; agent; agent = instances.agents[index]) {
    const fault = await faultOf(agent, stop);
    if (!fault) return;
    await replace(instances, index, agent, fault, stop);
  }
}

async function faultOf(agent: InstanceAgent, stop: AbortSignal): Promise<JobFault | undefined> {
  try {
    await agent.check(stop);
    return undefined;
  } catch (error) {
    stop.throwIfAborted();
    if (!(error instanceof JobFault)) throw error;
    return error;
  }
}

/** Puts another instance in the place of one. Throws its fault if there is none. */
async function replace(
  { agents, record, lease, agentOf }: Instances,
  index: number,
  agent: InstanceAgent,
  fault: JobFault,
  stop: AbortSignal,
): Promise<void> {
  const { host } = agent.plan;
  const replaced = record.job.instances[index]?.replaced ?? 0;
  const other = replaced < MOST_REPLACEMENTS ? lease.replace(index) : undefined;
  if (!other) throw fault;
  await agent.release();
  stop.throwIfAborted();
  record.add({ kind: 'InstanceReplaced', host, gpus: other.gpus, reason: fault.message });
  const instance = record.job.instances[index];
  if (instance) agents[index] = agentOf(instance);
}
