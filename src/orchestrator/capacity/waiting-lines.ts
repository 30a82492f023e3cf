import { type Claim, comesBefore, type Lease } from './claim.ts';
import { type Demand, INSTANCES } from './limits.ts';

export interface Waiter {
  readonly claim: Claim;
  readonly demand: Demand;
  grant(lease: Lease): void;
}

/**
 * Those who wait for the same limits, in the order of their turns: only the first of a line can be next, so that it costs as much to
 * find who is next with 10,000 who wait as with ten.
 */
export class Line {
  /** The limits that they wait for, apart from the one that everybody waits for. */
  readonly lanes: readonly string[];
  readonly #waiters: Waiter[] = [];

  constructor(lanes: readonly string[]) {
    this.lanes = lanes;
  }

  get first(): Waiter | undefined {
    return this.#waiters[0];
  }

  add(waiter: Waiter): void {
    this.#waiters.splice(this.#placeOf(waiter.claim), 0, waiter);
  }

  remove(waiter: Waiter): void {
    for (let at = this.#placeOf(waiter.claim); at < this.#waiters.length; at++) {
      if (this.#waiters[at] !== waiter) continue;
      this.#waiters.splice(at, 1);
      return;
    }
  }

  [Symbol.iterator](): Iterator<Waiter> {
    return this.#waiters.values();
  }

  /** Where the first stands that does not come before the claim. */
  #placeOf(claim: Claim): number {
    let [low, high] = [0, this.#waiters.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const there = this.#waiters[middle];
      if (there && comesBefore(there.claim, claim)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** All lines. */
export class WaitingLines {
  readonly #lines = new Map<string, Line>();

  add(waiter: Waiter): void {
    const lanes = lanesOf(waiter.demand);
    const key = JSON.stringify(lanes);
    const line = this.#lines.get(key) ?? new Line(lanes);
    this.#lines.set(key, line);
    line.add(waiter);
  }

  remove(waiter: Waiter): void {
    this.#lines.get(JSON.stringify(lanesOf(waiter.demand)))?.remove(waiter);
  }

  /** Those in which somebody waits; the others are forgotten. */
  open(): Line[] {
    for (const [key, line] of this.#lines) if (!line.first) this.#lines.delete(key);
    return [...this.#lines.values()];
  }
}

const lanesOf = (demand: Demand): string[] => [...demand.keys()].filter((name) => name !== INSTANCES).sort();
