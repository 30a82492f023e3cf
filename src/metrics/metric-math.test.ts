import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evaluate, idsIn, parseMath, UnknownMath } from './metric-math.ts';

const of = (text: string, values: Record<string, number> = {}) =>
  evaluate(parseMath(text), (id) => values[id] ?? Number.NaN);

test('operators bind as in arithmetic', () => {
  assert.equal(of('1 + 2*3 - 4/2'), 5);
  assert.equal(of('(1+2)*3'), 9);
  assert.equal(of('-2^2'), -4);
  assert.equal(of('2^3^2'), 512);
  assert.equal(of('2 ^ -1'), 0.5);
  assert.equal(of('10 - 3 - 2'), 5);
  assert.equal(of('100*m1/m2', { m1: 1, m2: 4 }), 25);
  assert.equal(of('1.5e2'), 150);
  assert.deepEqual([...idsIn(parseMath('a + b*(a - c)'))], ['a', 'b', 'c']);
});

test('what is not served is refused by name', () => {
  const refused: [string, RegExp][] = [
    ['SUM(METRICS())', /^SUM is not served/],
    ["SEARCH('{A,B} m', 'Sum')", /^SEARCH is not served/],
    ['SELECT AVG(x) FROM y', /^SELECT is not served/],
    ['m1 > 2', /'>' is not served/],
    ['m1 +', /ends where an operand/],
    ['', /ends where an operand/],
    ['(m1', /not closed/],
    ['m1 m2', /'m2' is not served there/],
    ['[m1]', /'\[' is not served/],
    [`${'('.repeat(50_000)}1`, /too deeply/],
  ];
  for (const [text, message] of refused)
    assert.throws(
      () => parseMath(text),
      (error: Error) => error instanceof UnknownMath && message.test(error.message),
      text,
    );
});

test('any text is read or refused', () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom('m1', '2', '+', '-', '*', '/', '^', '(', ')', ' ', 'AVG'))
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (each) => {
      try {
        assert.equal(typeof evaluate(parseMath(each), () => 1), 'number');
      } catch (error) {
        assert.ok(error instanceof UnknownMath, String(error));
      }
    }),
  );
});
