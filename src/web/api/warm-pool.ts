import { findJobById } from '../../store/jobs/find-job.ts';
import type { Job } from '../../training/job.ts';
import { endOfPool, keepsInstances, type WarmPool } from '../../training/warm-pool.ts';
import type { PageContext } from '../page-context.ts';

/** What became of a job's instances, or whose they were before, as the page shows it. */
export interface ShownPool {
  readonly status: WarmPool['status'];
  /** The job that they were made for, where it is another one, and still known. */
  readonly madeFor?: string;
  /** How long they wait in all, counted from when they began to. Only of those that wait, as the next one. */
  readonly keepAliveSeconds?: number;
  /** Milliseconds, by the clock of the jobs. */
  readonly endsInMs?: number;
  /** What Describe tells as ResourceRetainedBillableTimeInSeconds, once it is known. */
  readonly retainedSeconds?: number;
  readonly reusedBy?: string;
}

export function shownPool(context: PageContext, job: Job): ShownPool | undefined {
  const { warmPool } = job;
  if (!warmPool) return undefined;
  switch (warmPool.status) {
    case 'InUse':
      return { status: 'InUse', ...madeFor(context, job, warmPool.pool.first) };
    case 'Available':
      return {
        ...{ status: 'Available', keepAliveSeconds: warmPool.keepAliveSeconds },
        ...madeFor(context, job, warmPool.pool.first),
        endsInMs: Math.max(0, endOfPool(warmPool) - context.clock.now()),
      };
    case 'Reused':
      return { status: 'Reused', reusedBy: warmPool.reusedBy, ...retained(warmPool.retainedMs) };
    case 'Terminated':
      return { status: 'Terminated', ...retained(warmPool.retainedMs) };
  }
}

/** Whether nothing will happen to a job any more, nor to the instances that it left. */
export function isSettled(job: Job): boolean {
  if (job.endedAt === undefined) return false;
  const { warmPool } = job;
  return warmPool ? warmPool.status === 'Reused' || warmPool.status === 'Terminated' : !keepsInstances(job);
}

function madeFor({ database }: PageContext, { name }: Job, first: number): Pick<ShownPool, 'madeFor'> {
  const maker = findJobById(database, first)?.job.name;
  return maker !== undefined && maker !== name ? { madeFor: maker } : {};
}

const retained = (ms: number | undefined): Pick<ShownPool, 'retainedSeconds'> =>
  ms === undefined ? {} : { retainedSeconds: Math.floor(ms / 1000) };
