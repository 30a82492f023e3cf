import type { Window } from './periods.ts';
import type { Point } from './point.ts';

/** The values of one period. */
export interface Bucket {
  /** The period's beginning: epoch seconds. */
  readonly start: number;
  /** Never empty. */
  readonly values: readonly number[];
}

/** The periods of a window that have values, in order. Points outside of the window are left out. */
export function aggregate(points: Iterable<Point>, { start, end, period }: Window): readonly Bucket[] {
  const buckets = new Map<number, number[]>();
  for (const { at, value } of points) {
    const second = at / 1000;
    if (second < start || second >= end) continue;
    const index = Math.floor((second - start) / period);
    const values = buckets.get(index);
    if (values) values.push(value);
    else buckets.set(index, [value]);
  }
  return [...buckets]
    .sort(([one], [other]) => one - other)
    .map(([index, values]) => ({ start: start + index * period, values }));
}
