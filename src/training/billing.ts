import type { Job } from './job.ts';

/**
 * Whole seconds from the start of Downloading to the end, without the time spent in Stopping: a capture shows 9,532 s elapsed
 * and 9,527 s reported for a job that was Stopping for 5 s (training contract §4.4). Absent until the job has ended, and for
 * jobs that never started.
 */
export function trainingSeconds(job: Job): number | undefined {
  if (job.trainingStartedAt === undefined || job.endedAt === undefined) return undefined;
  const stopping = job.transitions
    .filter((each) => each.status === 'Stopping')
    .reduce((sum, each) => sum + ((each.endedAt ?? each.startedAt) - each.startedAt), 0);
  return Math.max(0, Math.floor((job.endedAt - job.trainingStartedAt - stopping) / 1000));
}

/** On demand, each second of training is billed, per instance (training contract §4.4). */
export const billableSeconds = trainingSeconds;
