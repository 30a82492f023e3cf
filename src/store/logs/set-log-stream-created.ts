import type { Database } from '../database.ts';

/** The stream has had its first output, at `at`. What was noticed first stays. */
export function setLogStreamCreated(database: Database, id: number, at: number): void {
  database.prepare('UPDATE log_streams SET created_at = ? WHERE id = ? AND created_at IS NULL').run(at, id);
}
