import type { Database } from '../database.ts';

export interface NewMetricPoint {
  readonly metricId: number;
  readonly streamId: number;
  /** Its number among the points of its stream. */
  readonly sequence: number;
  readonly at: number;
  readonly value: number;
}

/** Stores one point. */
export function addMetricPoint(database: Database, point: NewMetricPoint): void {
  database
    .prepare('INSERT INTO metric_points (metric_id, at, stream_id, sequence, value) VALUES (?, ?, ?, ?, ?)')
    .run(point.metricId, point.at, point.streamId, point.sequence, point.value);
}
