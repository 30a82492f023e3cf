import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plain } from './style.ts';
import { table } from './table.ts';

const COLUMNS = [
  { title: 'NAME', text: (row: readonly string[]) => row[0] ?? '', least: 5 },
  { title: 'N', text: (row: readonly string[]) => row[1] ?? '', right: true as const },
  { title: 'WHY', text: (row: readonly string[]) => row[2] ?? '', least: 4 },
];
const ROWS = [
  ['a-rather-long-name', '7', 'because'],
  ['b', '1234', 'it is so\nand so'],
];

test('columns are as wide as what is in them, and nothing is cut where there is no width', () => {
  assert.deepEqual(table(ROWS, COLUMNS, { width: undefined, style: plain }), [
    'NAME                   N  WHY',
    'a-rather-long-name     7  because',
    'b                   1234  it is so and so',
  ]);
});

test('the widest columns that may give way do so first', () => {
  assert.deepEqual(table(ROWS, COLUMNS, { width: 30, style: plain }), [
    'NAME            N  WHY',
    'a-rather-l…     7  because',
    'b            1234  it is so a…',
  ]);
});

test('colour adds no width', () => {
  const look = () => 'red' as const;
  const style = (_: unknown, text: string) => `<${text}>`;
  const lines = table(ROWS, [{ title: 'NAME', text: ([name = '']) => name, look, least: 3 }], {
    width: 6,
    style,
  });
  assert.deepEqual(lines, ['<NAME>', '<a-rat…>', '<b>']);
});

test('no line is wider than the terminal, however narrow it is', () => {
  const cell = fc.string({ maxLength: 40 });
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell)), fc.integer({ min: 1, max: 100 }), (rows, width) => {
      for (const line of table(rows, COLUMNS, { width, style: plain }))
        assert.ok([...line].length <= width, line);
    }),
  );
});
