/** One value of a metric. */
export interface Point {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly value: number;
}
