import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricValue } from './metric-value.ts';

test('a value is what float() of Python takes, as a 32-bit float', () => {
  const texts = ['1', '-2.5', '+.5', '5.', '1e3', '1E-2', ' 7\r', '1_000', '1.1987600326538086', '3.3'];
  const values = [1, -2.5, 0.5, 5, 1000, Math.fround(0.01), 7, 1000, 1.1987600326538086, Math.fround(3.3)];
  assert.deepEqual(texts.map(metricValue), values);
});

test('what is no finite number gives none', () => {
  for (const text of [
    '',
    ' ',
    '.',
    'nan',
    'NaN',
    'inf',
    '-Infinity',
    '1e39',
    '1e999',
    '0x10',
    '1,5',
    '12%',
    '1 2',
    '_1',
    '1__0',
    'e5',
  ]) {
    assert.equal(metricValue(text), undefined, text);
  }
});
