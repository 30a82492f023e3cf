import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { DownloadJournal } from './download-journal.ts';

async function journalPath(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-journal-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'downloads');
}

const LARGE = 16 * 1024 * 1024;

test('a large file is noted at once, small ones many at a time', async (t) => {
  const path = await journalPath(t);
  const first = await DownloadJournal.open(path);
  assert.equal(first.resumed, false);
  await first.note(7, LARGE);
  await first.note(8, 1);
  const second = await DownloadJournal.open(path);
  assert.equal(second.resumed, true);
  assert.deepEqual([second.has(7), second.has(8)], [true, false]);
  for (let file = 0; file < 256; file++) await second.note(1000 + file, 1);
  const third = await DownloadJournal.open(path);
  assert.deepEqual([third.has(7), third.has(1000), third.has(1255)], [true, true, true]);
});

test('a note that a kill tore is not taken, nor does it harm the next', async (t) => {
  const path = await journalPath(t);
  await (await DownloadJournal.open(path)).note(12, LARGE);
  await (await DownloadJournal.open(path)).note(345, LARGE);
  const { length } = await readFile(path);
  for (const cut of [1, 2, 3]) {
    await truncate(path, length - cut);
    const journal = await DownloadJournal.open(path);
    assert.deepEqual(
      [journal.has(12), journal.has(345), journal.has(34), journal.has(3)],
      [true, false, false, false],
    );
  }
  await (await DownloadJournal.open(path)).note(6, LARGE);
  const journal = await DownloadJournal.open(path);
  assert.deepEqual([journal.has(12), journal.has(6), journal.has(36)], [true, true, false]);
});
