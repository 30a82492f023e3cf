import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBytes, parseDuration } from './quantities.ts';

test('durations', () => {
  const seconds = {
    '90': 90,
    '90s': 90,
    '15m': 900,
    '1h30m': 5400,
    '28d': 2_419_200,
    '0.5s': 0.5,
    '2w': 1_209_600,
  };
  for (const [text, wanted] of Object.entries(seconds)) assert.equal(parseDuration(text), wanted, text);
  for (const text of ['', 'd', '1y', '-1s', '1h 30m', 'soon'])
    assert.equal(parseDuration(text), undefined, text);
});

test('sizes', () => {
  const bytes = { '5000': 5000, '500k': 500_000, '1.5MB': 1_500_000, '2MiB': 2_097_152, '1g': 1e9, '7B': 7 };
  for (const [text, wanted] of Object.entries(bytes)) assert.equal(parseBytes(text), wanted, text);
  for (const text of ['', 'k', '1i', '1tb', '-1', '1 m b']) assert.equal(parseBytes(text), undefined, text);
});
