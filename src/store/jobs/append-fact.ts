import type { Fact } from '../../training/facts.ts';
import { apply, isUnfinished } from '../../training/job.ts';
import { lifecycle } from '../../training/lifecycle.ts';
import type { Database } from '../database.ts';
import { addStatusEvent } from '../events/add-status-event.ts';
import { forgetJob } from './recent-jobs.ts';
import type { StoredJob } from './stored-job.ts';

/** Somebody else wrote a fact of this job meanwhile, or its status no longer allows this one: the writer is stale. */
export class StaleWriter extends Error {
  constructor(arn: string, kind: string) {
    super(`${kind} of ${arn} was refused: the job has moved on`);
    this.name = 'StaleWriter';
  }
}

/**
 * Appends a fact to a job, with the event of a changed status, and brings its projection up to date, as one durable transaction.
 * Throws `IllegalTransition` if the status machine does not allow the fact, and `StaleWriter` if `stored` is not the job's newest state.
 */
export function appendFact(database: Database, stored: StoredJob, fact: Fact, at: number): StoredJob {
  const job = apply(stored.job, fact, at);
  const number = stored.lastFact + 1;
  forgetJob(database, job.arn);
  return database.transaction(() => {
    const updated = database.prepare(guardedUpdate(fact)).run({
      id: stored.id,
      number,
      expected: stored.lastFact,
      status: job.status,
      secondary: job.secondaryStatus,
      modified: job.modifiedAt,
      ended: job.endedAt ?? null,
      holds: isUnfinished(job) ? 1 : 0,
      trained: job.trainingStartedAt === undefined ? 0 : 1,
      warm: job.warmPool ? JSON.stringify(job.warmPool) : null,
    });
    if (updated.changes !== 1) throw new StaleWriter(stored.job.arn, fact.kind);
    database.prepare('UPDATE job_states SET state = ? WHERE job_id = ?').run(JSON.stringify(job), stored.id);
    database
      .prepare('INSERT INTO job_facts (job_id, number, at, fact) VALUES (?, ?, ?, ?)')
      .run(stored.id, number, at, JSON.stringify(fact));
    addStatusEvent(database, stored.job, { id: stored.id, job }, at);
    return { id: stored.id, lastFact: number, job };
  });
}

/** The guard on the status is derived from the status machine's own table, so SQL can't write what the table forbids. */
function guardedUpdate(fact: Fact): string {
  const allowed = lifecycle[fact.kind].from.map((status) => `'${status}'`).join(', ');
  return `
    UPDATE jobs
    SET status = :status, secondary_status = :secondary, modified_at = :modified, ended_at = :ended, trained = :trained,
        holds_instances = :holds, warm_pool = :warm, last_fact = :number
    WHERE id = :id AND last_fact = :expected AND secondary_status IN (${allowed})`;
}
