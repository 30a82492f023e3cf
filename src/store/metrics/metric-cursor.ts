import type { Database } from '../database.ts';

/** How far a stream has been searched for metrics. */
export interface MetricCursor {
  /** The offset in its file from which to go on. */
  readonly position: number;
  /** How many points it has given so far. */
  readonly points: number;
}

/** The cursor of a stream: at its beginning when none was stored. */
export function metricCursor(database: Database, streamId: number): MetricCursor {
  const row = database
    .prepare('SELECT position, points FROM metric_cursors WHERE stream_id = ?')
    .get(streamId);
  return (row as MetricCursor | undefined) ?? { position: 0, points: 0 };
}
