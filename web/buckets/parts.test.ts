import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PART_BYTES, partsOf } from './parts.ts';

const LARGEST = 5 * 1024 ** 4;
/** What S3 takes: at least 5 MiB a part but for the last, at most 5 GiB, at most 10,000 of them. */
const [LEAST, MOST] = [5 * 1024 ** 2, 5 * 1024 ** 3];

test('parts follow each other from the first byte to the last, and S3 takes each', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: LARGEST }), (size) => {
      const parts = partsOf(size);
      assert.ok(parts.length <= 10_000);
      assert.equal(parts[0]?.start, 0);
      assert.equal(parts.at(-1)?.end, size);
      for (const [index, { number, start, end }] of parts.entries()) {
        assert.equal(number, index + 1);
        assert.ok(end > start && end - start <= MOST);
        assert.equal(start, parts[index - 1]?.end ?? 0);
        if (index < parts.length - 1) assert.ok(end - start >= LEAST);
      }
    }),
  );
});

test('a small file is one part, an empty one too', () => {
  assert.deepEqual(partsOf(PART_BYTES), [{ number: 1, start: 0, end: PART_BYTES }]);
  assert.deepEqual(partsOf(0), [{ number: 1, start: 0, end: 0 }]);
  assert.equal(partsOf(PART_BYTES + 1).length, 2);
});
