/** What a period's values come to. They are never none. */
export type Statistic = (values: readonly number[]) => number;

const sum: Statistic = (values) => values.reduce((total, value) => total + value, 0);

export type SimpleStatistic = 'SampleCount' | 'Sum' | 'Average' | 'Minimum' | 'Maximum';

export const SIMPLE_STATISTICS: Readonly<Record<SimpleStatistic, Statistic>> = {
  SampleCount: (values) => values.length,
  Sum: sum,
  Average: (values) => sum(values) / values.length,
  Minimum: (values) => values.reduce((least, value) => Math.min(least, value)),
  Maximum: (values) => values.reduce((most, value) => Math.max(most, value)),
};

const PERCENTILE = /^p(\d{1,2}(?:\.\d{0,10})?|100(?:\.0{0,10})?)$/;

/** Any statistic by name; undefined for one that is not served. */
export const statistic = (name: string): Statistic | undefined =>
  Object.hasOwn(SIMPLE_STATISTICS, name)
    ? SIMPLE_STATISTICS[name as SimpleStatistic]
    : percentileStatistic(name);

/** A percentile, `p0` to `p100`, with a fraction if need be (`p99.9`). The other extended statistics are not known here. */
export function percentileStatistic(name: string): Statistic | undefined {
  const percent = PERCENTILE.exec(name)?.[1];
  return percent === undefined ? undefined : (values) => percentile(values, Number(percent));
}

/** Between the two values that are nearest to it in rank, in proportion: CloudWatch does not say how it does it. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const rank = (percent / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] ?? Number.NaN;
  const above = sorted[Math.ceil(rank)] ?? below;
  // Equal values first: the difference of two may be more than a number can hold.
  return below === above ? below : below + (above - below) * (rank - Math.floor(rank));
}
