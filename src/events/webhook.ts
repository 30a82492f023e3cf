import type { Clock } from '../clock/clock.ts';
import type { Database } from '../store/database.ts';
import { onEvents } from '../store/events/announcements.ts';
import {
  type DueDelivery,
  dropDeliveries,
  dueDeliveries,
  finishDelivery,
  nextDue,
  postponeDelivery,
  queueDeliveries,
} from '../store/events/deliveries.ts';
import { signatureHeaders } from './webhook-signature.ts';

/** Requests to one webhook that are under way at a time, each of another job. */
const WIDTH = 4;
/** Events that are queued, and deliveries that are dropped, in one transaction. */
const BATCH = 500;
const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 5 * 60 * 1000;
/** How long it takes to look again after the store failed, or when nothing else tells that something became too old. */
const LOOK_AGAIN_MS = 60_000;

export interface WebhookOptions {
  readonly url: string;
  readonly secret: string;
  readonly database: Database;
  /** The machine's own time: receivers compare it with theirs. */
  readonly clock: Clock;
  /** How long an event is tried to be delivered, in milliseconds. */
  readonly retention: number;
  /** How long the receiver may take to answer, in milliseconds. */
  readonly patience: number;
  readonly log: (line: string) => void;
}

/**
 * Sends one webhook what happens, at least once, each job's events in their order: the next one goes out when the one before was
 * answered with 2xx. What is to be sent stands in the database, so this holds no more than the few requests under way.
 */
export class Webhook {
  readonly #options: WebhookOptions;
  readonly #closing = new AbortController();
  /** The jobs of which a request is under way. */
  readonly #underWay = new Map<number, Promise<void>>();
  readonly #forget: () => void;
  #alarm = new AbortController();
  #isFailing = false;

  constructor(options: WebhookOptions) {
    this.#options = options;
    this.#forget = onEvents(options.database, () => this.#look());
  }

  start(): void {
    this.#look();
  }

  /** Cuts what is under way: it is sent again by the next server. */
  async close(): Promise<void> {
    this.#forget();
    this.#closing.abort();
    this.#alarm.abort();
    await Promise.all(this.#underWay.values());
  }

  /** Begins what is to be done now, and sees to it that it is looked again when there is more. */
  #look(): void {
    if (this.#closing.signal.aborted) return;
    const { database, url, clock, log } = this.#options;
    const now = clock.now();
    try {
      const isMore = queueDeliveries(database, url, { now, limit: BATCH });
      const isOld = this.#dropOld(now);
      const limit = WIDTH + this.#underWay.size;
      for (const delivery of dueDeliveries(database, url, { now, limit })) this.#begin(delivery);
      const next = isMore || isOld ? now : (nextDue(database, url, now) ?? Infinity);
      this.#lookAgain(Math.min(next - now, LOOK_AGAIN_MS));
    } catch (error) {
      log(`webhook ${this.#name}: ${error instanceof Error ? error.stack : error}`);
      this.#lookAgain(LOOK_AGAIN_MS);
    }
  }

  /** One alarm at a time. Never at once: others have their turn between two batches. */
  #lookAgain(ms: number): void {
    this.#alarm.abort();
    this.#alarm = new AbortController();
    this.#options.clock.sleep(Math.max(1, ms), this.#alarm.signal).then(
      () => this.#look(),
      () => {},
    );
  }

  #dropOld(now: number): boolean {
    const { database, url, retention, log } = this.#options;
    const dropped = dropDeliveries(database, url, { before: now - retention, now, limit: BATCH });
    if (dropped > 0) {
      const hours = retention / 3_600_000;
      log(`webhook ${this.#name}: ${dropped} event(s) were dropped: undelivered for ${hours} h.`);
    }
    return dropped === BATCH;
  }

  #begin(delivery: DueDelivery): void {
    const { jobId } = delivery;
    if (this.#underWay.has(jobId) || this.#underWay.size >= WIDTH) return;
    const work = this.#deliver(delivery).finally(() => {
      this.#underWay.delete(jobId);
      this.#look();
    });
    this.#underWay.set(jobId, work);
  }

  async #deliver(delivery: DueDelivery): Promise<void> {
    const problem = await this.#send(delivery);
    if (this.#closing.signal.aborted) return;
    const { database, url, clock, log } = this.#options;
    try {
      if (problem === undefined) finishDelivery(database, url, delivery, clock.now());
      else postponeDelivery(database, url, delivery, clock.now() + delayAfter(delivery.tries));
      this.#tell(problem);
    } catch (error) {
      // It is sent once more: the receiver knows it by its id.
      log(`webhook ${this.#name}: a delivery was not recorded: ${error}`);
    }
  }

  /** What went wrong, in a few words; undefined: the receiver has it. */
  async #send({ id, event }: DueDelivery): Promise<string | undefined> {
    const { url, secret, clock, patience } = this.#options;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'trainyard',
          ...signatureHeaders(secret, { id, at: clock.now(), body: event }),
        },
        body: event,
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(patience), this.#closing.signal]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : `it answered ${response.status}`;
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return cause instanceof Error ? cause.message : String(cause);
    }
  }

  /** Once when it begins to fail, and once when it works again: not for each of a thousand tries. */
  #tell(problem: string | undefined): void {
    const { log } = this.#options;
    if (problem !== undefined && !this.#isFailing) log(`webhook ${this.#name}: ${problem}; trying again.`);
    if (problem === undefined && this.#isFailing) log(`webhook ${this.#name}: works again.`);
    this.#isFailing = problem !== undefined;
  }

  /** Without what may be secret in a URL. */
  get #name(): string {
    const { origin, pathname } = new URL(this.#options.url);
    return `${origin}${pathname}`;
  }
}

const delayAfter = (tries: number): number => Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** tries);
