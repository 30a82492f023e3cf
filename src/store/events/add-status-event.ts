import { randomUUID } from 'node:crypto';
import type { Job } from '../../training/job.ts';
import { changesStatus, statusEvent } from '../../training/job-event.ts';
import type { Database } from '../database.ts';
import type { StoredJob } from '../jobs/stored-job.ts';
import { finalMetrics } from '../metrics/finals.ts';
import { tagsOf } from '../tags/tags.ts';
import { addEvent } from './add-event.ts';

/** Where a fact changed a job's status, the event of it. Within the fact's own transaction, so that neither is without the other. */
export function addStatusEvent(
  database: Database,
  before: Job | undefined,
  { id: jobId, job }: Pick<StoredJob, 'id' | 'job'>,
  at: number,
): void {
  if (!changesStatus(before, job)) return;
  const tags = tagsOf(database, job.arn);
  const metrics = finalMetrics(database, jobId);
  const event = statusEvent(job, { id: randomUUID(), at, tags, metrics });
  addEvent(database, { jobId, jobName: job.name }, { kind: 'status', at, event });
}
