import type { AgentEnvironment } from '../agent/agent-environment.ts';
import type { InstanceCheck } from '../agent/infra-check/instance-check.ts';
import type { InstancePlan } from '../agent/instance-agent.ts';
import type { ObjectStorage } from '../objects/object-storage.ts';
import type { FaultSubject } from './fault.ts';
import type { Faults } from './faults.ts';
import { faultyStorage } from './faulty-storage.ts';

/** What an agent works with where faults may be asked for. */
export function withFaults(
  plan: InstancePlan,
  storage: ObjectStorage,
  faults: Faults,
): Pick<AgentEnvironment, 'storage' | 'furtherChecks'> {
  const { jobId, jobName, jobArn, attempt, instanceType } = plan;
  const subject = { jobId, jobName, jobArn, attempt, instanceTypes: [instanceType] };
  return {
    storage: faultyStorage(storage, faults, subject),
    furtherChecks: [checkOnDemand(faults, subject)],
  };
}

const checkOnDemand = (faults: Faults, subject: FaultSubject): InstanceCheck => ({
  name: 'faults on demand',
  async run() {
    if (faults.strikes(subject, 'fail-infra-check')) throw new Error('it was asked to fail');
    return 'none';
  },
});
