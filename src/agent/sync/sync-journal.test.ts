import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SyncJournal } from './sync-journal.ts';

function journalPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-journal-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'journal');
}

test('what was noted is there for the next one, also when a line was torn', async (t) => {
  const path = journalPath(t);
  const first = await SyncJournal.open(path);
  assert.equal(first.resumed, false);
  await Promise.all([
    first.note('a "\n', { key: 'ck/a', signature: '1', etag: '"e"' }),
    first.note('b', { key: 'ck/b' }),
    first.note('c', { key: 'ck/c', signature: '3' }),
  ]);
  await first.forget('b');
  await first.note('d', { key: 'ck/d', signature: '4' });
  await first.close();
  truncateSync(path, readFileSync(path).length - 3);
  const second = await SyncJournal.open(path);
  assert.equal(second.resumed, true);
  await second.note('e', { key: 'ck/e', signature: '5' });
  await second.close();
  const third = await SyncJournal.open(path);
  assert.deepEqual(
    [...third.stored],
    [
      ['a "\n', { key: 'ck/a', signature: '1', etag: '"e"' }],
      ['c', { key: 'ck/c', signature: '3' }],
      ['e', { key: 'ck/e', signature: '5' }],
    ],
  );
  await third.close();
});

test('it does not grow with the number of changes', async (t) => {
  const path = journalPath(t);
  appendFileSync(path, Array.from({ length: 10_010 }, (_, n) => `\n["a","ck/a","${n}"]`).join(''));
  const journal = await SyncJournal.open(path);
  await journal.note('b', { key: 'ck/b', signature: '1' });
  await journal.close();
  assert.deepEqual(readFileSync(path, 'utf8').trim().split('\n').slice(0, 1), ['["a","ck/a","10009"]']);
  const next = await SyncJournal.open(path);
  assert.deepEqual([...next.stored.keys()], ['a', 'b']);
  await next.close();
});
