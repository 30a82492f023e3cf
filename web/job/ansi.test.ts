import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ansiPieces } from './ansi.ts';

const E = '\u001b';
const shown = (line: string) => ansiPieces(line).map(({ text, style }) => [text, style]);

test('colours become classes, and end where they end', () => {
  assert.deepEqual(shown(`a ${E}[1;31mred${E}[0m b`), [
    ['a ', ''],
    ['red', 'ansi-red ansi-bold'],
    [' b', ''],
  ]);
  assert.deepEqual(shown(`${E}[92mok${E}[39m.`), [
    ['ok', 'ansi-green'],
    ['.', ''],
  ]);
  assert.deepEqual(shown(`${E}[38;5;31mx${E}[38;2;31;1;1my`), [
    ['x', ''],
    ['y', ''],
  ]);
});

test('what moves a cursor or sets a title is left out, and a progress bar shows its last state', () => {
  assert.deepEqual(shown(`${E}[2K${E}]0;title\u0007${E}[?25lx`), [['x', '']]);
  assert.deepEqual(shown('10%\r50%\r100%\r'), [['100%', '']]);
});

test('no text is lost, none is added, and control characters are seen', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '<', '&', `${E}[31m`, `${E}[0m`, '"') }), (line) => {
      assert.equal(
        ansiPieces(line)
          .map(({ text }) => text)
          .join(''),
        line.replaceAll(`${E}[31m`, '').replaceAll(`${E}[0m`, ''),
      );
    }),
  );
  assert.deepEqual(shown('a\u0000b\u0008'), [['a\u2400b\u2408', '']]);
});
