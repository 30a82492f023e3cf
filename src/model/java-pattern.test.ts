import assert from 'node:assert/strict';
import { test } from 'node:test';
import { javaPattern } from './java-pattern.ts';
import { shape, shapeNames } from './shapes.ts';

test('the whole string must match', () => {
  assert.ok(javaPattern('[a-z]+').test('abc'));
  assert.ok(!javaPattern('[a-z]+').test('abc1'));
  assert.ok(!javaPattern('[a-z]+').test('abc\n'));
  assert.ok(!javaPattern('a|b').test('ab'));
  assert.ok(javaPattern('^\\d{12}$').test('123456789012'));
});

test('a dot matches no line end of Java', () => {
  for (const end of ['\n', '\r', '\u0085', '\u2028', '\u2029'])
    assert.ok(!javaPattern('.*').test(`a${end}b`));
  assert.ok(javaPattern('.').test('𝐀'));
  assert.ok(javaPattern('a\\.b[.]c').test('a.b.c'));
  assert.ok(!javaPattern('a\\.b[.]c').test('axb.c'));
});

test("Java's spellings", () => {
  assert.ok(javaPattern('[\\p{Alnum}\\-]+').test('aZ-9'));
  assert.ok(!javaPattern('[\\p{Alnum}\\-]+').test('é'));
  assert.ok(javaPattern('\\p{Alnum}\\-[0-9]').test('a-1'));
  assert.ok(javaPattern('[\\p{L}\\p{N}]+').test('é9'));
  assert.ok(javaPattern('[a-z-]+(?<!-)').test('a-b'));
  assert.ok(!javaPattern('[a-z-]+(?<!-)').test('a-'));
});

test('each pattern of the model can be compiled', () => {
  const patterns = shapeNames().flatMap((name) => {
    const of = shape(name);
    return of.type === 'string' && of.pattern !== undefined ? [of.pattern] : [];
  });
  assert.ok(patterns.length > 50);
  for (const pattern of patterns) assert.doesNotThrow(() => javaPattern(pattern), pattern);
});
