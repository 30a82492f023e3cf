import type { Fact } from '../../training/facts.ts';
import { apply } from '../../training/job.ts';
import type { Database } from '../database.ts';
import { addStatusEvent } from '../events/add-status-event.ts';
import type { StoredJob } from './stored-job.ts';

/**
 * Stores a new job by its first fact, with the event of it, which tells its tags: they are to be there before. Returns undefined when a
 * job with its ARN exists.
 */
export function insertJob(
  database: Database,
  fact: Extract<Fact, { kind: 'JobCreated' }>,
  at: number,
): StoredJob | undefined {
  const job = apply(undefined, fact, at);
  return database.transaction(() => {
    const inserted = database
      .prepare(
        `INSERT INTO jobs (arn, name, status, secondary_status, created_at, modified_at, last_fact)
         VALUES (?, ?, ?, ?, ?, ?, 1) ON CONFLICT (arn) DO NOTHING RETURNING id`,
      )
      .get(job.arn, job.name, job.status, job.secondaryStatus, at, at) as { id: number } | undefined;
    if (!inserted) return undefined;
    database
      .prepare('INSERT INTO job_states (job_id, state) VALUES (?, ?)')
      .run(inserted.id, JSON.stringify(job));
    database
      .prepare('INSERT INTO job_facts (job_id, number, at, fact) VALUES (?, 1, ?, ?)')
      .run(inserted.id, at, JSON.stringify(fact));
    addStatusEvent(database, undefined, { id: inserted.id, job }, at);
    return { id: inserted.id, lastFact: 1, job };
  });
}
