import type { Database } from '../database.ts';
import { LOG_STREAM_COLUMNS, type LogStreamRow } from './log-stream-row.ts';

export interface LogStreamsBetween {
  readonly prefix: string;
  /** Only these, when given. */
  readonly names?: readonly string[] | undefined;
  /** Both inclusive. */
  readonly from: number;
  readonly to: number;
  readonly latestFirst: boolean;
  readonly limit: number;
  /** How many to leave out at the beginning. */
  readonly skip: number;
}

/**
 * The streams that may have events within a time. Earliest creation first; or latest last event first, where those that have
 * not ended come before all others.
 */
export function logStreamsBetween(database: Database, query: LogStreamsBetween): LogStreamRow[] {
  const { prefix, names, from, to, latestFirst, limit, skip } = query;
  const order = latestFirst ? 'last_event_at DESC NULLS FIRST, id DESC' : 'created_at, id';
  const rows = database
    .prepare(
      `SELECT ${LOG_STREAM_COLUMNS} FROM log_streams
       WHERE created_at <= ?1 AND (last_event_at IS NULL OR last_event_at >= ?2)
         AND name >= ?3 AND name <= ?3 || char(0x10FFFF)
         AND (?4 IS NULL OR name IN (SELECT value FROM json_each(?4)))
       ORDER BY ${order} LIMIT ?5 OFFSET ?6`,
    )
    .all(to, from, prefix, names ? JSON.stringify(names) : null, limit, skip);
  return rows as unknown as LogStreamRow[];
}
