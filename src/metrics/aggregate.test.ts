import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { aggregate } from './aggregate.ts';
import { isPeriod, periodsIn, windowOf } from './periods.ts';
import { percentile, SIMPLE_STATISTICS, type SimpleStatistic, statistic } from './statistics.ts';

const NOW = 1_800_000_000;
const period = fc.constantFrom(1, 5, 10, 20, 30, 60, 300, 3600);
const age = fc.integer({ min: 1, max: 90 * 86_400 });
const value = fc.double({ noNaN: true, min: -1e9, max: 1e9 });

test('every point of a window is in the one period that it falls into', () => {
  fc.assert(
    fc.property(
      ...[age, fc.double({ noNaN: true, min: 0.001, max: 5000 }), period],
      fc.array(fc.tuple(fc.double({ noNaN: true, min: -100, max: 6000 }), value)),
      (before, length, seconds, given) => {
        const window = windowOf(NOW - before, NOW - before + length, seconds, NOW);
        const points = given.map(([offset, each]) => ({
          at: Math.round((NOW - before + offset) * 1000),
          value: each,
        }));
        const buckets = aggregate(points, window);
        const inside = points.filter(({ at }) => at / 1000 >= window.start && at / 1000 < window.end);
        assert.equal(
          buckets.reduce((count, { values }) => count + values.length, 0),
          inside.length,
        );
        for (const { start, values } of buckets) {
          assert.equal((start - window.start) % seconds, 0);
          assert.ok(start >= window.start && start < window.end);
          const brute = inside.filter(({ at }) => at >= start * 1000 && at < (start + seconds) * 1000);
          assert.deepEqual(
            values,
            brute.map((point) => point.value),
          );
        }
        const starts = buckets.map(({ start }) => start);
        assert.deepEqual(
          starts,
          [...new Set(starts)].sort((one, other) => one - other),
        );
      },
    ),
  );
});

test("a window's start is rounded down as CloudWatch rounds it", () => {
  fc.assert(
    fc.property(age, period, (before, seconds) => {
      const { start } = windowOf(NOW - before, NOW, seconds, NOW);
      const grain = before > 63 * 86_400 ? 3600 : before > 15 * 86_400 ? 300 : Math.min(60, seconds);
      assert.equal(start % grain, 0);
      assert.ok(start <= NOW - before && NOW - before - start < grain);
    }),
  );
  assert.equal(periodsIn({ start: 0, end: 61, period: 60 }), 2);
});

test('periods are 1, 5, 10, 20, 30 or whole minutes', () => {
  const periods = Array.from({ length: 200 }, (_, second) => second).filter(isPeriod);
  assert.deepEqual(periods, [1, 5, 10, 20, 30, 60, 120, 180]);
});

test('statistics are what brute force makes of the values', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), (values) => {
      const sorted = [...values].sort((one, other) => one - other);
      let total = 0;
      for (const each of values) total += each;
      const expected: Record<SimpleStatistic, number | undefined> = {
        SampleCount: values.length,
        Sum: total,
        Average: total / values.length,
        Minimum: sorted[0],
        Maximum: sorted.at(-1),
      };
      for (const [name, each] of Object.entries(SIMPLE_STATISTICS))
        assert.equal(each(values), expected[name as SimpleStatistic], name);
      assert.equal(percentile(values, 0), sorted[0]);
      assert.equal(percentile(values, 100), sorted.at(-1));
      if (values.length % 2 === 1) assert.equal(percentile(values, 50), sorted[(values.length - 1) / 2]);
    }),
  );
});

test('a percentile is between its neighbours in rank, and none falls as the percentage grows', () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1 }),
      fc.array(fc.integer({ min: 0, max: 100 })),
      (values, of) => {
        const sorted = [...values].sort((one, other) => one - other);
        let last = Number.NEGATIVE_INFINITY;
        for (const percent of of.sort((one, other) => one - other)) {
          const found = percentile(values, percent);
          const rank = (percent / 100) * (values.length - 1);
          assert.ok(found >= (sorted[Math.floor(rank)] ?? 0) && found <= (sorted[Math.ceil(rank)] ?? 0));
          assert.ok(found >= last);
          last = found;
        }
      },
    ),
  );
  assert.equal(percentile([1, 2, 3, 4], 90), 3.7);
});

test('a statistic has a name', () => {
  assert.equal(statistic('p99.9')?.([5]), 5);
  for (const unknown of ['p101', 'p', 'tm90', 'IQM', 'average', 'constructor', 'p1.2.3'])
    assert.equal(statistic(unknown), undefined, unknown);
});
