import type { Database } from '../database.ts';

/** How many jobs there are of each primary status. */
export function statusCounts(database: Database): Record<string, number> {
  const rows = database.prepare('SELECT status, count(*) AS count FROM jobs GROUP BY status').all();
  return Object.fromEntries(
    (rows as unknown as { status: string; count: number }[]).map(({ status, count }) => [status, count]),
  );
}
