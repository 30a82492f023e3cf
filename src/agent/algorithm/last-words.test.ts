import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lastWords, readLastWords } from './last-words.ts';

test('whole lines from the end, as many as fit 300 characters', () => {
  const lines = Array.from({ length: 100 }, (_, n) => `line ${String(n).padStart(4, '0')}`);
  const words = lastWords(`${lines.join('\n')}\n`);
  assert.equal(words, lines.slice(-30).join('\n'));
  assert.equal(words.length, 299);
});

test('a long last line gives its end, without half a character', () => {
  assert.equal(lastWords(`first\n${'x'.repeat(400)}END`), `${'x'.repeat(297)}END`);
  assert.equal(lastWords(`${'🚂'.repeat(200)}x`), `${'🚂'.repeat(149)}x`);
});

test('control characters, colours and what a progress bar overwrote are cleaned', () => {
  assert.equal(lastWords('\u001b[31mError:\u001b[0m\tno\u0007 luck\u0000\n\n'), 'Error: no luck');
  assert.equal(lastWords('10%\r20%\r100%\r\ndone\n'), '10%\n20%\n100%\ndone');
});

test('no output, no words', () => assert.equal(lastWords('\n \n'), ''));

test('only the end of a file is read; a missing file has no words', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-words-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'output.log');
  assert.equal(await readLastWords(path), '');
  await writeFile(path, `${'noise\n'.repeat(100_000)}MemoryError\n`);
  const words = await readLastWords(path);
  assert.ok(words.endsWith('noise\nMemoryError') && words.length <= 300, words);
});
