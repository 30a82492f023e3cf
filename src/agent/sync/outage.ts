/** When so many files have failed, without a success between, the store is taken to be out of reach. One bad file says nothing. */
const FILES = 4;

/** Waits that double: milliseconds after the n-th failure in a row, from 1. */
export function backOff(failures: number, first: number, longest: number): number {
  return Math.min(longest, first * 2 ** Math.min(20, failures - 1));
}

/** Knows whether a store is out of reach. Then it is asked for one thing at a time, with growing pauses between. */
export class Outage {
  readonly #first: number;
  readonly #longest: number;
  readonly #failing = new Set<string>();
  #failures = 0;
  #until = 0;

  constructor(first: number, longest: number) {
    this.#first = first;
    this.#longest = longest;
  }

  failed(path: string): void {
    this.#failing.add(path);
    if (this.#failing.size < FILES) return;
    this.#failures += 1;
    this.#until = performance.now() + backOff(this.#failures, this.#first, this.#longest);
  }

  succeeded(): void {
    this.#failing.clear();
    this.#failures = 0;
    this.#until = 0;
  }

  /** How many things may be under way now. */
  get allowed(): number {
    if (this.#failing.size < FILES) return Number.POSITIVE_INFINITY;
    return performance.now() < this.#until ? 0 : 1;
  }

  /** Milliseconds until something may be tried. */
  get dueIn(): number {
    return Math.max(0, this.#until - performance.now());
  }
}
