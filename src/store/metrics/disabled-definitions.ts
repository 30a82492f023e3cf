import type { Database } from '../database.ts';

/** The indexes of a job's metric definitions that are searched for no more. */
export function disabledDefinitions(database: Database, jobId: number): ReadonlySet<number> {
  const rows = database
    .prepare('SELECT definition FROM disabled_metric_definitions WHERE job_id = ?')
    .all(jobId) as unknown as { definition: number }[];
  return new Set(rows.map(({ definition }) => definition));
}
