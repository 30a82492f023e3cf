import type { Database } from '../database.ts';

/** Stores a session of the page until a time (epoch milliseconds), and forgets those that are over. */
export function addPageSession(database: Database, hash: string, expiresAt: number, now: number): void {
  database.transaction(() => {
    database.prepare('DELETE FROM page_sessions WHERE expires_at <= ?').run(now);
    database.prepare('INSERT INTO page_sessions (hash, expires_at) VALUES (?, ?)').run(hash, expiresAt);
  });
}

/** Whether there is such a session that is not over. */
export const hasPageSession = (database: Database, hash: string, now: number): boolean =>
  database.prepare('SELECT 1 FROM page_sessions WHERE hash = ? AND expires_at > ?').get(hash, now) !==
  undefined;

export function dropPageSession(database: Database, hash: string): void {
  database.prepare('DELETE FROM page_sessions WHERE hash = ?').run(hash);
}
