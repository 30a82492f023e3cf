import type { CreateTrainingJobRequest } from '../../model/types.generated.ts';
import { jobFacts } from '../../store/jobs/job-facts.ts';
import type { StoredJob } from '../../store/jobs/stored-job.ts';
import { listLogStreams } from '../../store/logs/list-log-streams.ts';
import type { LogStreamRow } from '../../store/logs/log-stream-row.ts';
import { type Tag, tagsOf } from '../../store/tags/tags.ts';
import type { AssignedInstance } from '../../training/facts.ts';
import { jobOf, type PageCall, type PageContext } from '../page-context.ts';
import { type Cost, costOf } from './cost.ts';
import { type JobRow, jobRow } from './job-row.ts';
import { isSettled, type ShownPool, shownPool } from './warm-pool.ts';

const MOST_STREAMS = 1000;

/** What the page shows of a job beside what DescribeTrainingJob says. */
export interface JobDetails {
  readonly row: JobRow;
  /** As it was accepted, defaults included. */
  readonly request: CreateTrainingJobRequest;
  readonly tags: readonly Tag[];
  readonly attempt: number;
  readonly instances: readonly AssignedInstance[];
  /** The host that failed first. */
  readonly failedHost?: string;
  /** Oldest first: one for each host of each attempt. */
  readonly streams: readonly LogStream[];
  readonly facts: readonly ShownFact[];
  readonly pool?: ShownPool;
  /** Nothing will happen to it any more. */
  readonly isSettled: boolean;
  readonly cost?: Cost;
  readonly hasPrices: boolean;
}

export interface LogStream {
  readonly name: string;
  readonly host: string;
  /** Epoch milliseconds. */
  readonly createdAt: number | null;
  readonly isLive: boolean;
}

/** Something that happened to the job. */
export interface ShownFact {
  readonly number: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: string;
  /** What else is known of it. */
  readonly details: Readonly<Record<string, unknown>>;
}

export function jobDetails(context: PageContext, call: PageCall): JobDetails {
  const stored = jobOf(context, call);
  const { job } = stored;
  const cost = costOf(job, context.prices);
  const pool = shownPool(context, job);
  return {
    row: jobRow(context.database, stored),
    request: job.request,
    tags: tagsOf(context.database, job.arn),
    attempt: job.attempt,
    instances: job.instances,
    ...(job.firstFailure !== undefined && { failedHost: job.firstFailure }),
    streams: streamsOf(context, stored),
    facts: jobFacts(context.database, stored.id).map(({ number, at, fact }) => {
      // The request is shown as such.
      const { kind, request: _, ...details } = { request: undefined, ...fact };
      return { number, at, kind, details };
    }),
    ...(pool && { pool }),
    isSettled: isSettled(job),
    ...(cost && { cost }),
    hasPrices: Object.keys(context.prices.perHour).length > 0,
  };
}

function streamsOf({ logs, database }: PageContext, { id, job }: StoredJob): LogStream[] {
  const prefix = `${job.name}/`;
  logs.notice(prefix);
  return listLogStreams(database, { prefix, descending: false, limit: MOST_STREAMS })
    .filter(({ jobId }) => jobId === id)
    .sort((a, b) => a.id - b.id)
    .map(shown);
}

const shown = ({ name, host, createdAt, lastEventAt }: LogStreamRow): LogStream => ({
  ...{ name, host, createdAt },
  isLive: lastEventAt === null,
});
