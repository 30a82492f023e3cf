import type { Database } from '../database.ts';

/** A metric that algorithms gave, under a job's name. */
export interface ListedMetric {
  readonly jobName: string;
  readonly name: string;
  /** Its last value's time: epoch milliseconds. */
  readonly lastAt: number;
}

export interface MetricListing {
  /** Only those of this job. */
  readonly jobName?: string;
  /** Start after this metric. */
  readonly after?: { readonly jobName: string; readonly name: string };
  /** How many rows are looked at. */
  readonly limit: number;
}

/** The algorithms' metrics by job name and metric, each once however many jobs had the name. */
export function listAlgorithmMetrics(
  database: Database,
  { jobName, after, limit }: MetricListing,
): ListedMetric[] {
  const { jobName: fromJob, name: fromName } = after ?? { jobName: jobName ?? '', name: '' };
  const only = jobName === undefined ? '' : 'AND job_name = ?4';
  const rows = database
    .prepare(
      `SELECT job_name AS jobName, name, max(at) AS lastAt FROM metrics
       WHERE (job_name, name) > (?1, ?2) ${only}
       GROUP BY job_name, name ORDER BY job_name, name LIMIT ?3`,
    )
    .all(fromJob, fromName, limit, ...(jobName === undefined ? [] : [jobName]));
  return rows as unknown as ListedMetric[];
}
