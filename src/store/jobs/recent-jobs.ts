import type { Database } from '../database.ts';
import type { StoredJob } from './stored-job.ts';

/** Jobs that are kept parsed, so that a client which polls one does not pay for reading it each time. */
const MOST = 1000;

const recent = new WeakMap<Database, Map<string, StoredJob>>();

/** The newest state of a job, if it was read lately. Every write of the job forgets it. */
export const recallJob = (database: Database, arn: string): StoredJob | undefined =>
  recent.get(database)?.get(arn);

/**
 * Keeps what was read. Only of a database that nobody else can write, and not within a transaction, which may yet be undone.
 */
export function rememberJob(database: Database, stored: StoredJob): void {
  if (!database.isExclusive || database.isInTransaction) return;
  let jobs = recent.get(database);
  if (!jobs) {
    jobs = new Map();
    recent.set(database, jobs);
  }
  if (jobs.size >= MOST) for (const oldest of jobs.keys().take(1)) jobs.delete(oldest);
  jobs.set(stored.job.arn, stored);
}

export function forgetJob(database: Database, arn: string): void {
  recent.get(database)?.delete(arn);
}
