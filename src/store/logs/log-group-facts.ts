import type { Database } from '../database.ts';

export interface LogGroupFacts {
  /** When its first stream had its first output. `null`: there is none, and so no group. */
  readonly createdAt: number | null;
  /** The bytes of the streams that have ended. */
  readonly bytes: number;
}

/** What is known of all log streams together. */
export function logGroupFacts(database: Database): LogGroupFacts {
  const row = database
    .prepare('SELECT min(created_at) AS createdAt, coalesce(sum(bytes), 0) AS bytes FROM log_streams')
    .get();
  return row as unknown as LogGroupFacts;
}
