import type { Database } from '../database.ts';

/** An event as it is stored: its number grows with each event and is never used again. */
export interface StoredEvent {
  readonly number: number;
  /** JSON of a `JobEvent`. */
  readonly event: string;
}

/** The events after a number, oldest first: of one job, or of all. */
export function eventsAfter(
  database: Database,
  {
    after,
    job,
    limit,
  }: { readonly after: number; readonly job?: string | undefined; readonly limit: number },
): StoredEvent[] {
  const rows =
    job === undefined
      ? database
          .prepare('SELECT number, event FROM events WHERE number > ? ORDER BY number LIMIT ?')
          .all(after, limit)
      : database
          .prepare('SELECT number, event FROM events WHERE job = ? AND number > ? ORDER BY number LIMIT ?')
          .all(job.toLowerCase(), after, limit);
  return rows as unknown as StoredEvent[];
}

/** The number of the newest event there ever was; 0 before the first. */
export function newestEvent(database: Database): number {
  const row = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'events'").get();
  return (row as { seq: number } | undefined)?.seq ?? 0;
}

/** The number of the newest event before a time (epoch milliseconds): what happened since then comes after it. */
export function newestEventBefore(database: Database, time: number): number {
  const first = database.prepare('SELECT min(number) AS number FROM events WHERE at >= ?').get(time) as {
    number: number | null;
  };
  return first.number === null ? newestEvent(database) : first.number - 1;
}
