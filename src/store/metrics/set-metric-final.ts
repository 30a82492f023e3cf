import type { Database } from '../database.ts';

/** Whose metric it is. */
export interface MetricOwner {
  readonly jobId: number;
  readonly jobName: string;
}

/**
 * A metric has a new last value, unless it has a later one already (from another host). Returns the metric's id.
 */
export function setMetricFinal(
  database: Database,
  { jobId, jobName }: MetricOwner,
  metric: { readonly name: string; readonly at: number; readonly value: number },
): number {
  const row = database
    .prepare(
      `INSERT INTO metrics (job_id, name, at, value, job_name) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (job_id, name) DO UPDATE
         SET value = iif(?3 >= at, ?4, value), at = max(?3, at)
       RETURNING id`,
    )
    .get(jobId, metric.name, metric.at, metric.value, jobName) as { id: number };
  return row.id;
}
