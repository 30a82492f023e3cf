import type { Database } from '../database.ts';

/** The stream has ended: with its last event at `lastEventAt`, its file `bytes` long. */
export function endLogStream(database: Database, id: number, lastEventAt: number, bytes: number): void {
  const end = database.prepare('UPDATE log_streams SET last_event_at = ?, bytes = ? WHERE id = ?');
  database.unhurried(() => end.run(lastEventAt, bytes, id));
}
