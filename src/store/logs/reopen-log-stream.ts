import type { Database } from '../database.ts';
import { LOG_STREAM_COLUMNS, type LogStreamRow } from './log-stream-row.ts';

/** The stream of a file, which is going to have output (again). `undefined`: there is none yet. */
export function reopenLogStream(database: Database, file: string): LogStreamRow | undefined {
  const row = database
    .prepare(
      `UPDATE log_streams SET last_event_at = NULL, bytes = NULL WHERE file = ? RETURNING ${LOG_STREAM_COLUMNS}`,
    )
    .get(file);
  return row as LogStreamRow | undefined;
}
