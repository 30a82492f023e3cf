import type { Database } from '../database.ts';
import { LOG_STREAM_COLUMNS, type LogStreamRow } from './log-stream-row.ts';

/** The streams that have had output and have not ended. */
export function runningLogStreams(database: Database): LogStreamRow[] {
  const rows = database
    .prepare(
      `SELECT ${LOG_STREAM_COLUMNS} FROM log_streams WHERE created_at IS NOT NULL AND last_event_at IS NULL ORDER BY id`,
    )
    .all();
  return rows as unknown as LogStreamRow[];
}
