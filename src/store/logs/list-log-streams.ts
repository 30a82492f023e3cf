import type { Database } from '../database.ts';
import { LOG_STREAM_COLUMNS, type LogStreamRow } from './log-stream-row.ts';

export interface LogStreamQuery {
  readonly prefix: string;
  readonly descending: boolean;
  /** Only what comes after this name in the order asked for. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** The streams that have had output, by name. */
export function listLogStreams(database: Database, query: LogStreamQuery): LogStreamRow[] {
  const { prefix, descending, after, limit } = query;
  const rows = database
    .prepare(
      `SELECT ${LOG_STREAM_COLUMNS} FROM log_streams
       WHERE created_at IS NOT NULL AND name >= ?1 AND name <= ?1 || char(0x10FFFF)
         AND (?2 IS NULL OR name ${descending ? '<' : '>'} ?2)
       ORDER BY name ${descending ? 'DESC' : 'ASC'} LIMIT ?3`,
    )
    .all(prefix, after ?? null, limit);
  return rows as unknown as LogStreamRow[];
}
