import type { Database } from '../database.ts';
import { LOG_STREAM_COLUMNS, type LogStreamRow } from './log-stream-row.ts';

export interface EndedLogStreamQuery {
  readonly descending: boolean;
  /** Only what comes after this stream in the order asked for. */
  readonly after?: { readonly lastEventAt: number; readonly name: string } | undefined;
  readonly limit: number;
}

/** The streams that have ended, by the time of their last event, and by name where that is the same. */
export function listEndedLogStreams(database: Database, query: EndedLogStreamQuery): LogStreamRow[] {
  const { descending, after, limit } = query;
  const direction = descending ? 'DESC' : 'ASC';
  const rows = database
    .prepare(
      `SELECT ${LOG_STREAM_COLUMNS} FROM log_streams
       WHERE last_event_at IS NOT NULL
         AND (?1 IS NULL OR (last_event_at, name) ${descending ? '<' : '>'} (?1, ?2))
       ORDER BY last_event_at ${direction}, name ${direction} LIMIT ?3`,
    )
    .all(after?.lastEventAt ?? null, after?.name ?? null, limit);
  return rows as unknown as LogStreamRow[];
}
