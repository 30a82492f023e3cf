import type { InstancePlan } from '../agent/instance-agent.ts';
import type { AssignedInstance } from '../training/facts.ts';
import type { Job } from '../training/job.ts';
import { keepAliveOf, poolOf } from '../training/warm-pool.ts';

/** The pool that the instance is of, or will be of when the job has ended. */
function warmPoolOf(jobId: number, job: Job): Pick<InstancePlan, 'warmPool'> {
  const pool = poolOf(job);
  if (pool) return { warmPool: pool.first };
  return keepAliveOf(job.request) > 0 ? { warmPool: jobId } : {};
}

/** What the agent of one of a job's instances is told. */
export function instancePlan(
  jobId: number,
  job: Job,
  { host, instanceType, groupName, gpus }: AssignedInstance,
  { account, region }: { readonly account: string; readonly region: string },
): InstancePlan {
  return {
    jobId,
    jobName: job.name,
    jobArn: job.arn,
    attempt: job.attempt,
    ...{ host, instanceType, groupName, gpus, account, region },
    hosts: job.instances.map((each) => each.host),
    request: job.request,
    startedAt: job.assignedAt ?? job.createdAt,
    ...warmPoolOf(jobId, job),
  };
}
