import type { Clock } from '../clock/clock.ts';
import type { EventLog } from '../events/event-log.ts';
import type { LogStreams } from '../logs/log-streams.ts';
import { validation } from '../model/errors.ts';
import type { ObjectStorage } from '../objects/object-storage.ts';
import type { CapacityView } from '../orchestrator/capacity/capacity.ts';
import { trainingJobArn } from '../services/sagemaker/context.ts';
import { noSuchResource } from '../services/sagemaker/errors.ts';
import type { Database } from '../store/database.ts';
import { findJob } from '../store/jobs/find-job.ts';
import type { StoredJob } from '../store/jobs/stored-job.ts';

/** What an instance costs, as the operator says. */
export interface Prices {
  /** `EUR`; shown as it is. */
  readonly currency: string;
  /** Per hour of one instance of a type; `*`: of each that is not named. Types without a price have no cost. */
  readonly perHour: Readonly<Record<string, number>>;
}

/** What the page's own endpoints stand on. */
export interface PageContext {
  readonly account: string;
  readonly region: string;
  readonly database: Database;
  /** The clock of the jobs. */
  readonly clock: Clock;
  /** The machine's. */
  readonly systemClock: Clock;
  readonly logs: LogStreams;
  readonly storage: ObjectStorage;
  readonly events: EventLog;
  readonly prices: Prices;
  /** Aborts when the server closes: what goes on for as long as somebody listens ends then. */
  readonly closing: AbortSignal;
  /** Who has what, and who waits for what. */
  capacity(): CapacityView;
}

/** A request to one of the page's own endpoints. */
export interface PageCall {
  readonly query: URLSearchParams;
  /** Aborts when the client is gone, or the server closes. */
  readonly signal: AbortSignal;
}

/** Answers with what is sent as JSON, or with a `MessageStream`. */
export type PageOperation = (context: PageContext, call: PageCall) => unknown;

/** The job that a request is about. Throws as Describe does. */
export function jobOf(context: PageContext, { query }: PageCall): StoredJob {
  const stored = findJob(context.database, trainingJobArn(context, required(query, 'job')));
  if (!stored) throw noSuchResource();
  return stored;
}

export function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null) throw validation(`The parameter '${name}' is missing.`);
  return value;
}

/** A whole number from 0, within what a number holds. */
export function numberOf(query: URLSearchParams, name: string, fallback: number): number {
  const value = query.get(name);
  if (value === null) return fallback;
  if (!/^\d{1,15}$/.test(value)) throw validation(`The parameter '${name}' is not a number.`);
  return Number(value);
}
