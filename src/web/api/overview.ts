import type { LimitView } from '../../orchestrator/capacity/limits.ts';
import { findJobById } from '../../store/jobs/find-job.ts';
import { statusCounts } from '../../store/jobs/status-counts.ts';
import type { PageContext } from '../page-context.ts';

/** More of those who wait are told by their number only. */
const MOST_WAITING = 200;

/** How many jobs there are, what the machine has, who holds it, and who waits for what. */
export interface Overview {
  readonly account: string;
  readonly region: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly limits: readonly LimitView[];
  readonly holders: readonly { readonly job: string; readonly isTakenBack: boolean }[];
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
    waitingCount: waiting.length,
    waiting: waiting.slice(0, MOST_WAITING).flatMap(({ order, isSpot, lacks }) => {
      const job = jobOf(order);
      const since = job?.transitions.at(-1)?.startedAt ?? job?.createdAt ?? 0;
      return job ? [{ job: job.name, isSpot, lacks, since }] : [];
    }),
  };
}
