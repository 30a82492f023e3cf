import type { Database } from '../database.ts';

/** One value of a series of a job. */
export interface SeriesPoint {
  readonly series: string;
  /** The host whose log tells it; absent for a series that the algorithm sends by itself. */
  readonly host?: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly value: number;
  /** The iteration that it belongs to; null: the algorithm names none. */
  readonly step: number | null;
}

/** The values of a job's metrics since a time: those that its log tells, then those that it sent with steps; each by time. */
export function* jobSeries(database: Database, jobId: number, since: number): Generator<SeriesPoint> {
  yield* rows(
    database
      .prepare(
        `SELECT metrics.name AS series, log_streams.host, metric_points.at, metric_points.value, NULL AS step
         FROM metrics JOIN metric_points ON metric_points.metric_id = metrics.id
         JOIN log_streams ON log_streams.id = metric_points.stream_id
         WHERE metrics.job_id = ? AND metric_points.at >= ?
         ORDER BY metrics.id, metric_points.at, metric_points.stream_id, metric_points.sequence`,
      )
      .iterate(jobId, since),
  );
  yield* rows(
    database
      .prepare(
        `SELECT time_series.name AS series, at, value, CASE WHEN step < 0 THEN NULL ELSE step END AS step
         FROM time_series JOIN time_series_points ON series_id = time_series.id
         WHERE job_id = ? AND at >= ? ORDER BY time_series.id, at, step`,
      )
      .iterate(jobId, since),
  );
}

const rows = (iterator: Iterator<unknown>) =>
  iterator as IterableIterator<unknown> as IterableIterator<SeriesPoint>;
