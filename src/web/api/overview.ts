import type { LimitView } from '../../orchestrator/capacity/limits.ts';
import { findJobById } from '../../store/jobs/find-job.ts';
import { statusCounts } from '../../store/jobs/status-counts.ts';
import { hostGroups } from '../../training/instance-groups.ts';
import type { PageContext } from '../page-context.ts';
import { type ShownPool, shownPool } from './warm-pool.ts';

/** More of those who wait are told by their number only. */
const MOST_WAITING = 200;

/** How many jobs there are, what the machine has, who holds it, and who waits for what. */
export interface Overview {
  readonly account: string;
  readonly region: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly limits: readonly LimitView[];
  readonly holders: readonly { readonly job: string; readonly isTakenBack: boolean }[];
  /** The instances that wait for a job, and those that got one which did not have to wait. */
  readonly pools: readonly {
    /** Who left them, or has them. */
    readonly job: string;
    readonly instances: readonly { readonly type: string; readonly count: number }[];
    readonly pool: ShownPool;
  }[];
  readonly waitingCount: number;
  /** In the order of their turns. */
  readonly waiting: readonly {
    readonly job: string;
    readonly isSpot: boolean;
    /** Epoch milliseconds. */
    readonly since: number;
    /** The limits that have too little left for it; none where it waits for those before it. */
    readonly lacks: readonly string[];
  }[];
}

export function overview(context: PageContext): Overview {
  const { account, region, database } = context;
  const { limits, holders, waiting } = context.capacity();
  const jobOf = (id: number) => findJobById(database, id)?.job;
  return {
    ...{ account, region, limits },
    counts: statusCounts(database),
    holders: holders.flatMap(({ order, isTakenBack }) => {
      const job = jobOf(order);
      return job ? [{ job: job.name, isTakenBack }] : [];
    }),
    pools: holders.flatMap(({ order }) => {
      const job = jobOf(order);
      const pool = job && shownPool(context, job);
      if (!pool) return [];
      const instances = hostGroups(job.request).map(({ instanceType: type, hosts }) => ({
        ...{ type, count: hosts.length },
      }));
      return [{ job: job.name, instances, pool }];
    }),
    waitingCount: waiting.length,
    waiting: waiting.slice(0, MOST_WAITING).flatMap(({ order, isSpot, lacks }) => {
      const job = jobOf(order);
      const since = job?.transitions.at(-1)?.startedAt ?? job?.createdAt ?? 0;
      return job ? [{ job: job.name, isSpot, lacks, since }] : [];
    }),
  };
}
