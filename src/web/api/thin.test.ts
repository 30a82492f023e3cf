import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { thin } from './thin.ts';

test('thinned points are some of the points in their order, the ends, the highest and the lowest among them, and few enough', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 3000 }),
      fc.integer({ min: 10, max: 500 }),
      (values, most) => {
        const points = values.map((value, at) => ({ at, value }));
        const kept = thin(points, ({ value }) => value, most);
        assert.ok(kept.length <= Math.max(most + 2, Math.min(points.length, most)));
        assert.deepEqual(
          kept.map(({ at }) => at),
          [...new Set(kept.map(({ at }) => at))].sort((a, b) => a - b),
        );
        const of = (pick: (...all: number[]) => number, from: typeof points) =>
          from.reduce((best, { value }) => pick(best, value), from[0]?.value ?? 0);
        assert.equal(of(Math.max, kept), of(Math.max, points));
        assert.equal(of(Math.min, kept), of(Math.min, points));
        assert.deepEqual([kept[0], kept.at(-1)], [points[0], points.at(-1)]);
      },
    ),
  );
});
