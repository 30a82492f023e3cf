import type { Clock } from './clock.ts';
import { systemClock } from './system-clock.ts';

interface Sleeper {
  /** By this clock. */
  readonly due: number;
  wake(): void;
}

/** What a clock that can be advanced must remember, so that it never goes back. */
export interface ClockMemory {
  /** Milliseconds that it is ahead of the machine's time; 0 at first. */
  read(): number;
  /** When this returns, the offset survives any crash. */
  write(offset: number): void;
}

/**
 * The machine's time and an offset, for tests with real processes: it runs as fast as they do, and can be advanced. It is never
 * put back, not even by a restart.
 */
export class TravellingClock implements Clock {
  readonly #memory: ClockMemory;
  readonly #sleepers = new Set<Sleeper>();
  #offset: number;
  /** Where an advance that is under way will end. */
  #destination: number | undefined;
  #last = 0;
  #advances: Promise<unknown> = Promise.resolve();

  constructor(memory: ClockMemory) {
    this.#memory = memory;
    this.#offset = memory.read();
  }

  now(): number {
    this.#last = Math.max(this.#last, Date.now() + this.#offset);
    return this.#last;
  }

  /** What begins to wait while the time is advanced waits its full time from the end of the advance. */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (ms <= 0) return;
    const due = (this.#destination ?? this.now()) + ms;
    const over = new AbortController();
    const sleeper: Sleeper = { due, wake: () => over.abort(sleeper) };
    const cut = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
    this.#sleepers.add(sleeper);
    try {
      for (let left = ms; left > 0; left = due - this.now()) await systemClock.sleep(left, cut);
    } catch (reason) {
      if (reason !== sleeper) throw reason;
    } finally {
      this.#sleepers.delete(sleeper);
    }
  }

  /**
   * Moves the time on. What waits is woken in order, each at its own instant, and what it starts runs first: a limit of an hour is
   * recorded as reached after an hour, also when 28 days pass at once. Resolves with the time then.
   */
  advance(ms: number): Promise<number> {
    const advanced = this.#advances.then(() => this.#advance(ms));
    this.#advances = advanced.catch(() => {});
    return advanced;
  }

  async #advance(ms: number): Promise<number> {
    const end = this.now() + ms;
    const offset = this.#offset + ms;
    this.#memory.write(offset);
    this.#destination = end;
    try {
      const waiting = [...this.#sleepers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
      for (const sleeper of waiting) {
        if (!this.#sleepers.has(sleeper)) continue;
        this.#offset = Math.min(offset, Math.max(this.#offset, sleeper.due - Date.now()));
        sleeper.wake();
        await settle();
      }
    } finally {
      this.#offset = offset;
      this.#destination = undefined;
    }
    await settle();
    return this.now();
  }
}

/** Lets all work that is ready to run do so: a few turns of the event loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
