import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ObjectStorageError } from '../object-storage.ts';
import { DownloadThread } from './download-thread.ts';
import { scriptedS3 } from './scripted-s3.fixture.ts';

const CONTENT = Buffer.from('what is in the object');
const object = {
  bucket: 'data',
  key: 'a',
  size: CONTENT.length,
  etag: '"an-etag-1"',
  lastModified: new Date(0),
};

/** A thread that downloads from a store which answers as told. */
async function threadOf(t: TestContext, answer: Parameters<typeof scriptedS3>[1]) {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-thread-'));
  const { asked, options } = await scriptedS3(t, answer, { downloadWaits: [] });
  const thread = new DownloadThread(options);
  t.after(async () => {
    await thread.close();
    rmSync(folder, { recursive: true });
  });
  return { thread, asked, folder, path: join(folder, 'file') };
}

const whole: Parameters<typeof scriptedS3>[1] = (_asked, response) => {
  response.setHeader('etag', object.etag);
  response.end(CONTENT);
};

test('an object comes by another thread, and what fails there fails here as it is', async (t) => {
  const { thread, folder, path } = await threadOf(t, whole);
  await thread.download(object, path);
  assert.deepEqual(readFileSync(path), CONTENT);
  await assert.rejects(thread.download(object, join(folder, 'no/such/folder')), { code: 'ENOENT' });
  await assert.rejects(
    thread.download({ ...object, etag: '"another-1"' }, join(folder, 'replaced')),
    (error) => error instanceof ObjectStorageError && error.code === 'PreconditionFailed',
  );
  assert.ok(!existsSync(join(folder, 'replaced')));
});

test('an abort ends the download there, and says the caller’s reason', async (t) => {
  const { thread, asked, path } = await threadOf(t, () => {});
  const abort = new AbortController();
  const reason = new Error('stopped');
  const download = assert.rejects(thread.download(object, path, abort.signal), (error) => error === reason);
  while (asked.length === 0) await nextTurn();
  abort.abort(reason);
  await download;
  assert.ok(!existsSync(path));
  await assert.rejects(thread.download(object, path, abort.signal), (error) => error === reason);
});

test('a thread that is ended fails its downloads; the next one has a new thread', async (t) => {
  let silent = true;
  const { thread, asked, folder, path } = await threadOf(t, (one, response) => {
    if (!silent) whole(one, response);
  });
  const download = assert.rejects(thread.download(object, path), /the thread that downloads is gone/);
  while (asked.length === 0) await nextTurn();
  await thread.close();
  await download;
  silent = false;
  await thread.download(object, join(folder, 'again'));
  assert.deepEqual(readFileSync(join(folder, 'again')), CONTENT);
});
