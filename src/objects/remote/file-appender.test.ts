import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FileAppender } from './file-appender.ts';

test('pieces of any size are written in order from their place on, also by a disk that takes a few bytes at a time', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-appender-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'file');
  await using file = await open(path, 'wx');
  let writes = 0;
  const slow = {
    writev: ([first = Buffer.alloc(0), ...others]: Buffer[], position: number) => {
      writes += 1;
      if (writes > 2) return file.writev([first, ...others], position);
      return file.writev([first.subarray(0, 3)], position);
    },
  } as unknown as FileHandle;
  const appender = new FileAppender(slow, 5);
  assert.equal(appender.take(Buffer.from('ab')), undefined);
  assert.equal(appender.take(Buffer.from('cdefghij')), undefined);
  assert.equal(writes, 0);
  await appender.flush();
  assert.equal(readFileSync(path, 'latin1'), '\0\0\0\0\0abcdefghij');
  await appender.take(Buffer.alloc(600 * 1024, 'x'));
  await appender.flush();
  assert.equal(readFileSync(path, 'latin1'), `\0\0\0\0\0abcdefghij${'x'.repeat(600 * 1024)}`);
});
