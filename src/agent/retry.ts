import type { Clock } from '../clock/clock.ts';

/** Waits between tries, in milliseconds: as many tries as waits, and one. */
export const RETRY_DELAYS_MS = [500, 1000, 2000, 4000, 8000] as const;

export interface RetryOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  mayRetry(error: unknown): boolean;
  /** Told of each failure that is followed by another try. */
  onRetry?(error: unknown, delayMs: number): void;
}

/** Does something that may fail for a while, with growing waits between a bounded number of tries. Rejects with the last error. */
export async function withRetries<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (const delayMs of RETRY_DELAYS_MS) {
    options.signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      options.signal.throwIfAborted();
      if (!options.mayRetry(error)) throw error;
      options.onRetry?.(error, delayMs);
    }
    await options.clock.sleep(delayMs, options.signal);
  }
  return work();
}
