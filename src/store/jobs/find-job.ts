import type { Database } from '../database.ts';
import { recallJob, rememberJob } from './recent-jobs.ts';
import { fromRow, type StoredJob, type StoredJobRow } from './stored-job.ts';

const SELECT = 'SELECT id, last_fact, state FROM jobs JOIN job_states ON job_id = id';

/** The job of an ARN. */
export function findJob(database: Database, arn: string): StoredJob | undefined {
  const recalled = recallJob(database, arn);
  if (recalled) return recalled;
  const row = database.prepare(`${SELECT} WHERE arn = ?`).get(arn) as StoredJobRow | undefined;
  if (!row) return undefined;
  const stored = fromRow(row);
  rememberJob(database, stored);
  return stored;
}

/** The job of a number. */
export function findJobById(database: Database, id: number): StoredJob | undefined {
  const row = database.prepare(`${SELECT} WHERE id = ?`).get(id) as StoredJobRow | undefined;
  return row && fromRow(row);
}

/** The jobs that have not ended, or have not given back all that they held; oldest first. */
export function unfinishedJobs(database: Database): StoredJob[] {
  const rows = database.prepare(`${SELECT} WHERE ended_at IS NULL OR holds_instances = 1 ORDER BY id`).all();
  return (rows as unknown as StoredJobRow[]).map(fromRow);
}

export function jobExists(database: Database, arn: string): boolean {
  return database.prepare('SELECT 1 FROM jobs WHERE arn = ?').get(arn) !== undefined;
}
