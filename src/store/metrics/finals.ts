import type { Database } from '../database.ts';

export interface FinalMetric {
  readonly name: string;
  /** A 32-bit float. */
  readonly value: number;
  /** Epoch milliseconds; the API tells it in whole seconds. */
  readonly at: number;
}

/** The last value of each metric of a job, in the order in which the metrics first appeared. */
export function finals(database: Database, jobId: number): FinalMetric[] {
  const rows = database
    .prepare('SELECT name, value, at FROM metrics WHERE job_id = ? ORDER BY id')
    .all(jobId);
  return rows as unknown as FinalMetric[];
}
