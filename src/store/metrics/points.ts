import type { Database } from '../database.ts';

export interface MetricPoint {
  /** Epoch milliseconds: the time of the line it was read from. */
  readonly at: number;
  /** A 32-bit float. */
  readonly value: number;
  readonly host: string;
  /** Its number among the points of its host's log stream. */
  readonly sequence: number;
}

/** The points of one metric of a job with `from` ≤ time < `to`, by time. All hosts are in it. */
export function points(
  database: Database,
  jobId: number,
  name: string,
  from: number,
  to: number,
): MetricPoint[] {
  const rows = database
    .prepare(
      `SELECT metric_points.at, metric_points.value, log_streams.host, metric_points.sequence
       FROM metrics
       JOIN metric_points ON metric_points.metric_id = metrics.id
       JOIN log_streams ON log_streams.id = metric_points.stream_id
       WHERE metrics.job_id = ? AND metrics.name = ? AND metric_points.at >= ? AND metric_points.at < ?
       ORDER BY metric_points.at, metric_points.stream_id, metric_points.sequence`,
    )
    .all(jobId, name, from, to);
  return rows as unknown as MetricPoint[];
}
