import type { Job } from './job.ts';
import type { SecondaryStatus } from './lifecycle.ts';

/** The statuses in which a job has its instances work for it. */
const worked: ReadonlySet<SecondaryStatus> = new Set<SecondaryStatus>([
  'Downloading',
  'Training',
  'Uploading',
]);

/**
 * Whole seconds of downloading, training and uploading, over all attempts: from TrainingStartTime to TrainingEndTime without the
 * time in Stopping (a capture shows 9,532 s elapsed and 9,527 s reported for a job that was Stopping for 5 s, training contract
 * §4.4), and without the time between attempts. At least one for a job that ran. Absent until the job has ended, and for jobs that
 * never started.
 */
export function trainingSeconds(job: Job): number | undefined {
  if (job.trainingStartedAt === undefined || job.endedAt === undefined) return undefined;
  const milliseconds = job.transitions
    .filter((each) => worked.has(each.status))
    .reduce((sum, each) => sum + ((each.endedAt ?? each.startedAt) - each.startedAt), 0);
  // SageMaker's jobs take longer than a second, so its clients divide by this.
  return milliseconds > 0 ? Math.max(1, Math.floor(milliseconds / 1000)) : 0;
}

/** On demand, each second of training is billed, per instance (training contract §4.4). */
export const billableSeconds = trainingSeconds;
