import { setTimeout as delay } from 'node:timers/promises';
import { type TrainingApi, Unreachable } from '../../client/training-api.ts';
import type { DescribeTrainingJobResponse } from '../../model/types.generated.ts';
import { hasEnded } from './ended.ts';
import type { JobLog, LogLine } from './job-log.ts';

const LOOK_MS = 250;

/** What was found when a job was looked at. */
export type Observation =
  | { readonly kind: 'lines'; readonly lines: readonly LogLine[] }
  | { readonly kind: 'job'; readonly job: DescribeTrainingJobResponse }
  /** The server does not answer any more, or again. */
  | { readonly kind: 'lost' | 'found' };

/** Follows a job to its end, also over restarts of the server. Its last observation is the job as it ended. Rejects when aborted. */
export async function* followJob(
  api: TrainingApi,
  name: string,
  log: JobLog,
  signal?: AbortSignal,
): AsyncGenerator<Observation, DescribeTrainingJobResponse> {
  let isKnown = false;
  let isLost = false;
  for (;;) {
    try {
      // Before its log: what a job that has ended wrote is all there.
      const job = await api.call('DescribeTrainingJob', { TrainingJobName: name });
      isKnown = true;
      if (isLost) yield { kind: 'found' };
      isLost = false;
      for await (const lines of log.news()) yield { kind: 'lines', lines };
      yield { kind: 'job', job };
      if (hasEnded(job.TrainingJobStatus)) return job;
    } catch (error) {
      // One that was never there is not waited for.
      if (!(error instanceof Unreachable) || !isKnown) throw error;
      if (!isLost) yield { kind: 'lost' };
      isLost = true;
    }
    await delay(LOOK_MS, undefined, { ...(signal && { signal }) });
  }
}
