import type { Database } from '../database.ts';
import { LOG_STREAM_COLUMNS, type LogStreamRow } from './log-stream-row.ts';

/** The streams of which no output has been noticed yet, among those whose names begin with `prefix`. */
export function silentLogStreams(database: Database, prefix: string): LogStreamRow[] {
  const rows = database
    .prepare(
      `SELECT ${LOG_STREAM_COLUMNS} FROM log_streams
       WHERE created_at IS NULL AND name >= ?1 AND name <= ?1 || char(0x10FFFF)`,
    )
    .all(prefix);
  return rows as unknown as LogStreamRow[];
}
