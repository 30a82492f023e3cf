import type { Clock } from '../clock/clock.ts';
import type { Database } from '../store/database.ts';
import { onEvents } from '../store/events/announcements.ts';
import {
  eventsAfter,
  newestEvent,
  newestEventBefore,
  type StoredEvent,
} from '../store/events/list-events.ts';
import { purgeEvents } from '../store/events/purge-events.ts';

/** How many events are read at a time: what one follower has in memory. */
const PAGE = 100;
/** So many events are kept, however old: a test clock may take the others' time away. */
const ALWAYS_KEPT = 10_000;
const PURGE_EVERY_MS = 10 * 60 * 1000;
const PURGED_AT_ONCE = 1000;

export interface EventLogOptions {
  readonly database: Database;
  /** The clock of the jobs. */
  readonly clock: Clock;
  /** How long events are kept at least, in milliseconds. */
  readonly retention: number;
  readonly log: (line: string) => void;
}

/** What happened, to be read from any point and followed from there on. */
export class EventLog {
  readonly #options: EventLogOptions;
  readonly #closing = new AbortController();
  readonly #forget: () => void;
  #news = Promise.withResolvers<void>();

  constructor(options: EventLogOptions) {
    this.#options = options;
    this.#forget = onEvents(options.database, () => this.#ring());
    void this.#keepPurging();
  }

  /** The number of the newest event. */
  get end(): number {
    return newestEvent(this.#options.database);
  }

  /** The number after which are the events since a time (epoch milliseconds). */
  before(time: number): number {
    return newestEventBefore(this.#options.database, time);
  }

  /** The events after a number, of one job or of all, as they happen. Ends when the signal aborts, or with the log. */
  async *follow(
    { after, job }: { readonly after: number; readonly job?: string | undefined },
    signal: AbortSignal,
  ): AsyncGenerator<StoredEvent> {
    const over = AbortSignal.any([signal, this.#closing.signal]);
    for (let last = after; !over.aborted; ) {
      // Before it is read what there is, so that nothing is missed in between.
      const news = this.#news.promise;
      const page = eventsAfter(this.#options.database, { after: last, job, limit: PAGE });
      for (const event of page) {
        if (over.aborted) return;
        yield event;
        last = event.number;
      }
      if (page.length < PAGE) await settledOr(news, over);
    }
  }

  close(): void {
    this.#forget();
    this.#closing.abort();
  }

  #ring(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  async #keepPurging(): Promise<void> {
    const { clock, log } = this.#options;
    while (!this.#closing.signal.aborted) {
      try {
        this.#purge();
      } catch (error) {
        log(`old events were not removed: ${error}`);
      }
      await clock.sleep(PURGE_EVERY_MS, this.#closing.signal).catch(() => {});
    }
  }

  #purge(): void {
    const { database, clock, retention } = this.#options;
    const before = clock.now() - retention;
    const bounds = { before, keep: ALWAYS_KEPT, limit: PURGED_AT_ONCE };
    while (purgeEvents(database, bounds) === PURGED_AT_ONCE);
  }
}

function settledOr(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', end);
    promise.then(end);
  });
}
