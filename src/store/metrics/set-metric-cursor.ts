import type { Database } from '../database.ts';
import type { MetricCursor } from './metric-cursor.ts';

/** Stores how far a stream has been searched. */
export function setMetricCursor(database: Database, streamId: number, cursor: MetricCursor): void {
  database
    .prepare(
      `INSERT INTO metric_cursors (stream_id, position, points) VALUES (?1, ?2, ?3)
       ON CONFLICT (stream_id) DO UPDATE SET position = ?2, points = ?3`,
    )
    .run(streamId, cursor.position, cursor.points);
}
