import type { Database } from '../../store/database.ts';
import type { StoredJob } from '../../store/jobs/stored-job.ts';
import { finals } from '../../store/metrics/finals.ts';
import { billableSeconds } from '../../training/billing.ts';
import { hostGroups } from '../../training/instance-groups.ts';
import type { PrimaryStatus, SecondaryStatus } from '../../training/lifecycle.ts';

/** A job as the table of jobs shows it. Times are epoch milliseconds. */
export interface JobRow {
  readonly id: number;
  readonly name: string;
  readonly status: PrimaryStatus;
  readonly secondaryStatus: SecondaryStatus;
  readonly message: string;
  readonly createdAt: number;
  readonly startedAt?: number;
  /** The start of Training in the present attempt: what MaxRuntimeInSeconds counts. */
  readonly trainingAt?: number;
  readonly endedAt?: number;
  readonly maxRuntimeSeconds?: number;
  readonly instances: readonly { readonly type: string; readonly count: number }[];
  readonly isSpot: boolean;
  readonly billableSeconds?: number;
  readonly failureReason?: string;
  /** The metric that was told last. */
  readonly metric?: { readonly name: string; readonly value: number };
}

export function jobRow(database: Database, { id, job }: StoredJob): JobRow {
  const { request, transitions } = job;
  const billable = billableSeconds(job);
  const training = transitions.findLast((each) => each.status === 'Training');
  const metric = lastMetric(database, id);
  return {
    id,
    name: job.name,
    status: job.status,
    secondaryStatus: job.secondaryStatus,
    message: transitions.at(-1)?.message ?? '',
    createdAt: job.createdAt,
    instances: hostGroups(request).map(({ instanceType: type, hosts }) => ({ type, count: hosts.length })),
    isSpot: request.EnableManagedSpotTraining ?? false,
    ...(job.trainingStartedAt !== undefined && { startedAt: job.trainingStartedAt }),
    ...(training && { trainingAt: training.startedAt }),
    ...(job.endedAt !== undefined && { endedAt: job.endedAt }),
    ...(request.StoppingCondition?.MaxRuntimeInSeconds !== undefined && {
      maxRuntimeSeconds: request.StoppingCondition.MaxRuntimeInSeconds,
    }),
    ...(billable !== undefined && { billableSeconds: billable }),
    ...(job.failureReason !== undefined && { failureReason: job.failureReason }),
    ...(metric && { metric }),
  };
}

function lastMetric(database: Database, jobId: number): JobRow['metric'] {
  const all = finals(database, jobId);
  const last = all.reduce((newest, each) => (each.at > newest.at ? each : newest), all[0] ?? NONE);
  return last === NONE ? undefined : { name: last.name, value: last.value };
}

const NONE = { name: '', value: 0, at: Number.NEGATIVE_INFINITY };
