import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { type TestContext, test } from 'node:test';
import { TestClock } from '../clock/test-clock.ts';
import type { Exchange } from '../endpoint/exchange.ts';
import { ObjectStorageError } from '../objects/object-storage.ts';
import { Database } from '../store/database.ts';
import type { PageUpload } from '../store/web/page-uploads.ts';
import { PageUploads } from './uploads.ts';

const HOUR_MS = 3_600_000;

function start(
  t: TestContext,
  database = new Database(':memory:'),
  clock = new TestClock(Date.UTC(2026, 0, 2)),
) {
  const ended: string[] = [];
  const refusals = new Map<string, Error>();
  const lines: string[] = [];
  const over = new AbortController();
  t.after(() => over.abort());
  const uploads = new PageUploads({
    ...{ database, clock, log: (line) => void lines.push(line) },
    end: async ({ bucket, key, uploadId }: PageUpload) => {
      const refusal = refusals.get(uploadId);
      if (refusal) throw refusal;
      ended.push(`${bucket}/${key} ${uploadId}`);
    },
  });
  const ask = (method: string, path: string, query: string, status = 200) => {
    const response = Object.assign(new EventEmitter(), { statusCode: status });
    uploads.noticeRequest({ method, response } as unknown as Exchange, path, new URLSearchParams(query));
    response.emit('finish');
  };
  const pass = (ms: number) => clock.advance(ms);
  void uploads.endSilent(over.signal);
  return { database, clock, uploads, ended, refusals, lines, ask, pass, stop: () => over.abort() };
}

test('an upload of which nothing is heard for twelve hours is ended, once, by a later server too', async (t) => {
  const first = start(t);
  first.ask('PUT', 'bucket/a%20b/c', 'partNumber=1&uploadId=one');
  first.ask('PUT', 'bucket/d', 'partNumber=1&uploadId=two');
  await first.pass(11 * HOUR_MS);
  first.ask('PUT', 'bucket/d', 'partNumber=2&uploadId=two');
  assert.deepEqual(first.ended, []);
  first.stop();
  const second = start(t, first.database, first.clock);
  await second.pass(HOUR_MS);
  assert.deepEqual(second.ended, ['bucket/a b/c one']);
  await second.pass(12 * HOUR_MS);
  assert.deepEqual(second.ended, ['bucket/a b/c one', 'bucket/d two']);
});

test('what the page ended, and what is gone, is not ended again; what can not be is tried again and told', async (t) => {
  const { ask, pass, ended, refusals, lines } = start(t);
  for (const id of ['by-page', 'completed', 'unreachable', 'not-ended'])
    ask('PUT', 'bucket/key', `partNumber=1&uploadId=${id}`);
  ask('DELETE', 'bucket/key', 'uploadId=by-page', 204);
  ask('DELETE', 'bucket/key', 'uploadId=not-ended', 503);
  ask('GET', 'bucket/key', 'list-type=2');
  refusals.set('completed', new ObjectStorageError('NoSuchUpload', 'gone'));
  refusals.set('unreachable', new ObjectStorageError('ECONNREFUSED', 'nobody answers'));
  await pass(12 * HOUR_MS);
  assert.deepEqual(ended, ['bucket/key not-ended']);
  assert.deepEqual(lines, ['the parts of s3://bucket/key could not be removed: nobody answers']);
  refusals.delete('unreachable');
  await pass(HOUR_MS);
  assert.deepEqual(ended, ['bucket/key not-ended', 'bucket/key unreachable']);
});
