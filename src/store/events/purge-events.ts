import type { Database } from '../database.ts';

/**
 * Forgets a bounded number of events that are older than `before` (epoch milliseconds), but for the newest `keep` of all, and those
 * that a webhook is still to be sent. Returns how many it forgot.
 */
export function purgeEvents(
  database: Database,
  { before, keep, limit }: { readonly before: number; readonly keep: number; readonly limit: number },
): number {
  const { changes } = database
    .prepare(
      `DELETE FROM events WHERE number IN (
         SELECT number FROM events
         WHERE at < :before
           AND number <= (SELECT max(number) FROM events) - :keep
           AND number <= (SELECT ifnull(min(queued_to), 9e18) FROM webhooks)
           AND NOT EXISTS (SELECT 1 FROM deliveries WHERE event = number)
         LIMIT :limit)`,
    )
    .run({ before, keep, limit });
  return Number(changes);
}
