import type { Point } from '../../metrics/point.ts';
import type { Database } from '../database.ts';

export type TimeSeriesAxis = 'time' | 'step';

export interface AxisPoint extends Point {
  /** -1: none. */
  readonly step: number;
}

/**
 * The points of a job's time series with `from` ≤ time (or step) < `to`, in the order of the axis, at most `limit`. Metrics that
 * were read from the log are in it; they have no steps.
 */
export function timeSeriesPoints(
  database: Database,
  { jobId, name, axis }: { readonly jobId: number; readonly name: string; readonly axis: TimeSeriesAxis },
  { from, to, limit }: { readonly from: number; readonly to: number; readonly limit: number },
): AxisPoint[] {
  const told = `
    SELECT at, step, value FROM time_series_points
    WHERE series_id = (SELECT id FROM time_series WHERE job_id = ?1 AND name = ?2)`;
  const read = `
    SELECT at, -1 AS step, value FROM metric_points
    WHERE metric_id = (SELECT id FROM metrics WHERE job_id = ?1 AND name = ?2) AND at >= ?3 AND at < ?4`;
  const sql =
    axis === 'step'
      ? `${told} AND step >= max(0, ?3) AND step < ?4 ORDER BY step, at LIMIT ?5`
      : `${told} AND at >= ?3 AND at < ?4 UNION ALL ${read} ORDER BY at, step LIMIT ?5`;
  const rows = database.prepare(sql).all(jobId, name, from, to, limit);
  return rows as unknown as AxisPoint[];
}
