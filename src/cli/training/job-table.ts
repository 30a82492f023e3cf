import type { DescribeTrainingJobResponse, TrainingJobSummary } from '../../model/types.generated.ts';
import { type Screen, statusLook } from '../screen/style.ts';
import { table } from '../screen/table.ts';
import { age, duration, metricValue } from '../screen/text.ts';
import { hasEnded } from './ended.ts';

/** A job of the list; without what Describe says of it when it was deleted meanwhile. */
export interface ListedJob {
  readonly summary: TrainingJobSummary;
  readonly job: DescribeTrainingJobResponse | undefined;
}

/** The table of `trainyard ls`. `now` in epoch seconds. */
export function jobTable(jobs: readonly ListedJob[], now: number, screen: Screen): string[] {
  return table(
    jobs,
    [
      { title: 'NAME', text: ({ summary }) => summary.TrainingJobName, least: 12 },
      { title: 'STATUS', text: statusOf, look: ({ summary }) => statusLook(summary.TrainingJobStatus) },
      { title: 'DURATION', text: ({ summary }) => duration(secondsOf(summary, now)), right: true },
      { title: 'INSTANCE', text: ({ job }) => instancesOf(job), least: 8 },
      { title: 'AGE', text: ({ summary }) => age(now - summary.CreationTime), right: true },
      { title: 'METRIC', text: ({ job }) => lastMetric(job), least: 6 },
    ],
    screen,
  );
}

/** On its way, a job's secondary status says more. */
function statusOf({ summary }: ListedJob): string {
  const { TrainingJobStatus: status, SecondaryStatus: secondary } = summary;
  return status === 'InProgress' ? (secondary ?? status) : status;
}

/** From its creation to its end, or until now. */
function secondsOf(summary: TrainingJobSummary, now: number): number {
  const { CreationTime: created, TrainingJobStatus: status } = summary;
  const end = hasEnded(status) ? (summary.TrainingEndTime ?? summary.LastModifiedTime ?? created) : now;
  return end - created;
}

/** `2 × ml.p4d.24xlarge`, or all groups of a job. */
export function instancesOf(job: Pick<DescribeTrainingJobResponse, 'ResourceConfig'> | undefined): string {
  const { InstanceType, InstanceCount = 1, InstanceGroups } = job?.ResourceConfig ?? {};
  const groups = InstanceGroups ?? (InstanceType ? [{ InstanceType, InstanceCount }] : []);
  return groups
    .map(({ InstanceType: type, InstanceCount: count }) => (count > 1 ? `${count} × ${type}` : type))
    .join(' + ');
}

/** The metric that was seen last: `loss 0.0312`. */
function lastMetric(job: DescribeTrainingJobResponse | undefined): string {
  const metrics = [...(job?.FinalMetricDataList ?? [])];
  const last = metrics.sort((a, b) => (b.Timestamp ?? 0) - (a.Timestamp ?? 0))[0];
  return last ? `${last.MetricName} ${metricValue(last.Value ?? Number.NaN)}` : '';
}
