import type { Database } from '../database.ts';

const FORGET = `
  DELETE FROM log_streams WHERE id = ? AND created_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM metric_cursors WHERE stream_id = log_streams.id)`;

/** Forgets a stream that ended without output. */
export function dropSilentLogStream(database: Database, id: number): void {
  database.unhurried(() => database.prepare(FORGET).run(id));
}
