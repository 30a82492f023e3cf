import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileFilterPattern, FilterPatternError } from './filter-pattern.ts';

// CloudWatch Logs user guide, "Filter pattern syntax": terms in unstructured log events.
const LOG = [
  '[ERROR 400] BAD REQUEST',
  '[ERROR 401] UNAUTHORIZED REQUEST',
  '[WARN] low disk',
  'say "hi" to C:\\dir',
  '',
];
const CASES: readonly (readonly [string, readonly number[]])[] = [
  ['', [0, 1, 2, 3, 4]],
  ['ERROR', [0, 1]],
  ['error', []],
  ['ERROR 400', [0]],
  ['400 ERROR', [0]],
  ['"BAD REQUEST"', [0]],
  ['"REQUEST BAD"', []],
  ['ERROR -400', [1]],
  ['-ERROR', [2, 3, 4]],
  ['?400 ?WARN', [0, 2]],
  ['?"BAD REQUEST" ?"low disk"', [0, 2]],
  ['ERROR ?401', [0, 1]],
  ['?ERROR -"BAD REQUEST"', [1]],
  ['"say \\"hi\\"" "C:\\\\dir"', [3]],
  ['  WARN  ', [2]],
];

describe('a filter pattern', () => {
  for (const [pattern, passing] of CASES) {
    test(`${pattern || 'nothing'} passes ${passing.length} of ${LOG.length}`, () => {
      const filter = compileFilterPattern(pattern);
      assert.deepEqual(
        LOG.map((message, index) => (filter(message) ? index : -1)).filter((index) => index >= 0),
        passing,
      );
    });
  }

  for (const [pattern, cause] of [
    ['{ $.loss = 1 }', /JSON pattern/],
    ['[level, message]', /space-delimited pattern/],
    ['%ERR.*%', /regular expression/],
    ['a "b', /no term at character 2/],
    ['"a"b', /no term at character 1/],
  ] as const) {
    test(`${pattern} is refused`, () => {
      assert.throws(
        () => compileFilterPattern(pattern),
        (error) => error instanceof FilterPatternError && cause.test(error.message),
      );
    });
  }
});
