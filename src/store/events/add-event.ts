import type { JobEvent } from '../../training/job-event.ts';
import type { Database } from '../database.ts';
import { announceEvents } from './announcements.ts';

/** `status`: what webhooks are sent; `fault`: what only the stream of events tells. */
export type EventKind = 'status' | 'fault';

/** Whom an event is about. */
export interface EventSubject {
  /** 0: a job that does not exist. */
  readonly jobId: number;
  readonly jobName: string;
}

/** Appends an event, within the transaction of what it tells of. `at` is epoch milliseconds. */
export function addEvent(
  database: Database,
  { jobId, jobName }: EventSubject,
  { kind, at, event }: { readonly kind: EventKind; readonly at: number; readonly event: JobEvent },
): void {
  database
    .prepare('INSERT INTO events (id, job_id, job, at, kind, event) VALUES (?, ?, ?, ?, ?, ?)')
    .run(event.id, jobId, jobName.toLowerCase(), at, kind, JSON.stringify(event));
  announceEvents(database);
}
