import type { MetricData } from '../../model/types.generated.ts';
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

/** The same as the API tells it: one second is the resolution of a metric's time (training contract §5.1). */
export const finalMetrics = (database: Database, jobId: number): MetricData[] =>
  finals(database, jobId).map(({ name, value, at }) => ({
    MetricName: name,
    Value: value,
    Timestamp: Math.floor(at / 1000),
  }));
