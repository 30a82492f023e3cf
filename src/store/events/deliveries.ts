import type { Database } from '../database.ts';
import { newestEvent } from './list-events.ts';

/** An event that a webhook is to be sent now. */
export interface DueDelivery {
  readonly jobId: number;
  readonly number: number;
  /** The event's own id. */
  readonly id: string;
  /** JSON. */
  readonly event: string;
  readonly tries: number;
}

/** Makes these the webhooks there are: a new one is sent what happens from now on, and what others were still to be sent is dropped. */
export function setWebhooks(database: Database, urls: readonly string[]): void {
  database.transaction(() => {
    const known = database.prepare('SELECT url FROM webhooks').all() as { url: string }[];
    for (const { url } of known) {
      if (!urls.includes(url)) database.prepare('DELETE FROM webhooks WHERE url = ?').run(url);
    }
    const add = database.prepare(
      'INSERT INTO webhooks (url, queued_to) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
    for (const url of urls) add.run(url, newestEvent(database));
  });
}

/** Queues at most `limit` events that a webhook was not queued before. Returns whether there may be more. */
export function queueDeliveries(
  database: Database,
  url: string,
  { now, limit }: { readonly now: number; readonly limit: number },
): boolean {
  const events = database
    .prepare(
      `SELECT number, job_id, kind FROM events
       WHERE number > (SELECT queued_to FROM webhooks WHERE url = ?) ORDER BY number LIMIT ?`,
    )
    .all(url, limit) as { number: number; job_id: number; kind: string }[];
  const newest = events.at(-1)?.number;
  if (newest === undefined) return false;
  database.transaction(() => {
    const queue = database.prepare(
      `INSERT INTO deliveries (webhook, job_id, event, queued_at, due_at)
       VALUES (:url, :job, :event, :now,
         CASE WHEN EXISTS (SELECT 1 FROM deliveries WHERE webhook = :url AND job_id = :job) THEN NULL ELSE :now END)`,
    );
    for (const { number, job_id, kind } of events) {
      if (kind === 'status') queue.run({ url, job: job_id, event: number, now });
    }
    database.prepare('UPDATE webhooks SET queued_to = ? WHERE url = ?').run(newest, url);
  });
  return events.length === limit;
}

/** The deliveries of a webhook whose time has come, the longest due first: at most one of each job. */
export function dueDeliveries(
  database: Database,
  url: string,
  { now, limit }: { readonly now: number; readonly limit: number },
): DueDelivery[] {
  const rows = database
    .prepare(
      `SELECT deliveries.job_id AS jobId, number, id, events.event AS event, tries
       FROM deliveries JOIN events ON deliveries.event = number
       WHERE webhook = ? AND due_at <= ? ORDER BY due_at LIMIT ?`,
    )
    .all(url, now, limit);
  return rows as unknown as DueDelivery[];
}

/** When the next delivery after `now` is due: epoch milliseconds. */
export function nextDue(database: Database, url: string, now: number): number | undefined {
  const row = database
    .prepare('SELECT min(due_at) AS due FROM deliveries WHERE webhook = ? AND due_at > ?')
    .get(url, now) as { due: number | null };
  return row.due ?? undefined;
}

/** The webhook has the event: the job's next one is due at once. */
export function finishDelivery(
  database: Database,
  url: string,
  { jobId, number }: Pick<DueDelivery, 'jobId' | 'number'>,
  now: number,
): void {
  database.transaction(() => {
    database
      .prepare('DELETE FROM deliveries WHERE webhook = ? AND job_id = ? AND event = ?')
      .run(url, jobId, number);
    makeOldestDue(database, url, jobId, now);
  });
}

/** The webhook could not be told: it is tried again at `dueAt`, and the job's further events wait behind it. */
export function postponeDelivery(
  database: Database,
  url: string,
  { jobId, number }: Pick<DueDelivery, 'jobId' | 'number'>,
  dueAt: number,
): void {
  database
    .prepare(
      'UPDATE deliveries SET tries = tries + 1, due_at = ? WHERE webhook = ? AND job_id = ? AND event = ?',
    )
    .run(dueAt, url, jobId, number);
}

/** Drops a bounded number of deliveries that were queued before a time. Returns how many. */
export function dropDeliveries(
  database: Database,
  url: string,
  { before, now, limit }: { readonly before: number; readonly now: number; readonly limit: number },
): number {
  const old = database
    .prepare(
      'SELECT job_id, event FROM deliveries WHERE webhook = ? AND queued_at < ? ORDER BY event LIMIT ?',
    )
    .all(url, before, limit) as { job_id: number; event: number }[];
  if (old.length === 0) return 0;
  database.transaction(() => {
    for (const { job_id, event } of old) {
      database
        .prepare('DELETE FROM deliveries WHERE webhook = ? AND job_id = ? AND event = ?')
        .run(url, job_id, event);
    }
    for (const jobId of new Set(old.map(({ job_id }) => job_id))) makeOldestDue(database, url, jobId, now);
  });
  return old.length;
}

function makeOldestDue(database: Database, url: string, jobId: number, now: number): void {
  database
    .prepare(
      `UPDATE deliveries SET due_at = :now
       WHERE webhook = :url AND job_id = :job AND due_at IS NULL
         AND event = (SELECT min(event) FROM deliveries WHERE webhook = :url AND job_id = :job)`,
    )
    .run({ url, job: jobId, now });
}
