import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock/clock.ts';
import type { CredentialStore } from '../endpoint/signature/credentials.ts';
import type { Database } from '../store/database.ts';
import { addPageSession, dropPageSession, hasPageSession } from '../store/web/page-sessions.ts';

const SESSION_MS = 12 * 60 * 60 * 1000;
/** Links are typed or clicked at once; more than so many at a time are nobody's. */
const MOST_LINKS = 100;

export interface SignInOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly credentials: CredentialStore;
  /** Twelve digits. */
  readonly account: string;
}

/**
 * Who may use the page: whoever has a one-time link, or the owner's access key. A session is a random cookie of which only the hash is
 * stored, so it outlives the server and can be ended; a link is kept in memory and good once.
 */
export class SignIn {
  readonly #options: SignInOptions;
  /** Hash of a link's token to the time when it is over. */
  readonly #links = new Map<string, number>();

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  /** The token of a link that signs in once within `ms` milliseconds. */
  issueLink(ms: number): string {
    const token = randomToken();
    this.#links.set(hashOf(token), this.#options.clock.now() + ms);
    for (const oldest of this.#links.keys().take(Math.max(0, this.#links.size - MOST_LINKS)))
      this.#links.delete(oldest);
    return token;
  }

  /** A new session for a link's token, which is used up by it. */
  byLink(token: string): string | undefined {
    const hash = hashOf(token);
    const until = this.#links.get(hash) ?? 0;
    this.#links.delete(hash);
    return until > this.#options.clock.now() ? this.#open() : undefined;
  }

  /** A new session for an access key of the owner. A job's key opens none. */
  byKey(accessKeyId: string, secretAccessKey: string): string | undefined {
    const found = this.#options.credentials.find(accessKeyId);
    if (found?.callerArn !== `arn:aws:iam::${this.#options.account}:root`) return undefined;
    return isSame(found.secretAccessKey, secretAccessKey) ? this.#open() : undefined;
  }

  /** Whether a session is one that was opened here, and not over. */
  holds(session: string | undefined): boolean {
    const { database, clock } = this.#options;
    return session !== undefined && hasPageSession(database, hashOf(session), clock.now());
  }

  end(session: string): void {
    dropPageSession(this.#options.database, hashOf(session));
  }

  #open(): string {
    const { database, clock } = this.#options;
    const session = randomToken();
    const now = clock.now();
    addPageSession(database, hashOf(session), now + SESSION_MS, now);
    return session;
  }
}

/** Seconds that a browser keeps a session's cookie. */
export const SESSION_SECONDS = SESSION_MS / 1000;

const randomToken = (): string => randomBytes(32).toString('base64url');

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Compares hashes, so that neither the length nor the place of a difference is told by the time it takes. */
const isSame = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
