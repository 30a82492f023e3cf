import assert from 'node:assert/strict';
import { test } from 'node:test';
import { age, bytes, cut, duration, metricValue, oneLine } from './text.ts';

test('durations have the two largest units', () => {
  const shown = [0, 4.24, 9.96, 59.6, 65, 3599.4, 7380, 90_000, -1].map(duration);
  assert.deepEqual(shown, ['0.0s', '4.2s', '10s', '1m00s', '1m05s', '59m59s', '2h03m', '1d01h', '0.0s']);
});

test('ages have the largest unit alone', () => {
  assert.deepEqual([0.5, 59, 60, 3600, 86_399, 86_400 * 9].map(age), ['0s', '59s', '1m', '1h', '23h', '9d']);
});

test('sizes are in powers of 1,000 and never show four digits', () => {
  const shown = [0, 999, 1000, 1234, 99_949, 123_456, 999_600, 23_400_000, 5e12].map(bytes);
  assert.deepEqual(shown, [
    ...['0 B', '999 B', '1.0 kB', '1.2 kB', '99.9 kB', '123 kB', '1.0 MB', '23.4 MB', '5.0 TB'],
  ]);
});

test('texts are cut with an ellipsis, by characters', () => {
  assert.deepEqual([cut('abc', 3), cut('abcd', 3), cut('äöüß', 3), cut('abc', 0)], ['abc', 'ab…', 'äö…', '']);
});

test('no control character stays in a line', () => {
  assert.equal(oneLine('a\r\n\x1b[2Kb\tc '), 'a [2Kb c');
});

test('metrics have five digits that matter', () => {
  assert.deepEqual([3, 0.123456789, 1234.5678, 1e-9].map(metricValue), ['3', '0.12346', '1234.6', '1e-9']);
});
