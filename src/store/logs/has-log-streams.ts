import type { Database } from '../database.ts';

/** Whether any stream has had output. */
export const hasLogStreams = (database: Database): boolean =>
  database.prepare('SELECT 1 FROM log_streams WHERE created_at IS NOT NULL LIMIT 1').get() !== undefined;
