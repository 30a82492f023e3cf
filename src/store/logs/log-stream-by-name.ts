import type { Database } from '../database.ts';
import { LOG_STREAM_COLUMNS, type LogStreamRow } from './log-stream-row.ts';

/** The stream of that name, if it has had output. */
export function logStreamByName(database: Database, name: string): LogStreamRow | undefined {
  const row = database
    .prepare(`SELECT ${LOG_STREAM_COLUMNS} FROM log_streams WHERE name = ? AND created_at IS NOT NULL`)
    .get(name);
  return row as LogStreamRow | undefined;
}
