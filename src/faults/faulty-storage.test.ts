import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { MemoryStorage } from '../agent/testing/memory-storage.fixture.ts';
import { TestClock } from '../clock/test-clock.ts';
import { Database } from '../store/database.ts';
import { parseFault } from './fault.ts';
import { Faults } from './faults.ts';
import { faultyStorage } from './faulty-storage.ts';

const seconds = (count: number) => count * 1000;

function place(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-faulty-'));
  const database = new Database(':memory:');
  t.after(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });
  const clock = new TestClock(0);
  const faults = new Faults({ database, clock, log: (line) => assert.fail(line) });
  const memory = new MemoryStorage();
  memory.put('bucket', 'key', 'x'.repeat(1000));
  const subject = { jobId: 1, jobName: 'job', jobArn: 'arn:aws:sagemaker:r:a:training-job/job', attempt: 1 };
  const storage = faultyStorage(memory, faults, { ...subject, instanceTypes: ['ml.m5.large'] });
  let files = 0;
  /** When each download had come through to the store behind: what the disk takes is not of this clock. */
  const arrivals: number[] = [];
  memory.onDownload = (_key, moment) => {
    if (moment === 'start') arrivals.push(clock.now());
  };
  const download = async (signal?: AbortSignal) => {
    const object = await memory.find({ bucket: 'bucket', key: 'key' });
    assert.ok(object);
    const path = join(folder, String(files++));
    await storage.download({ bucket: 'bucket', ...object }, path, signal);
    return path;
  };
  return {
    clock,
    faults,
    memory,
    storage,
    arrivals,
    download,
    fault: (fault: object) => faults.add(parseFault(fault)),
  };
}

test('downloads take the time that their bytes need, together', async (t) => {
  const { arrivals, clock, download, fault } = place(t);
  fault({ kind: 'slow-download', job: 'job', bytesPerSecond: 100 });
  const downloads = [download(), download()];
  await clock.advance(seconds(60));
  const paths = await Promise.all(downloads);
  assert.deepEqual(arrivals, [seconds(10), seconds(20)]);
  for (const path of paths) assert.equal(readFileSync(path).length, 1000);
});

test('a slow download ends at once when the fault is cleared, the job is stopped, or its time is over', async (t) => {
  const { arrivals, clock, download, fault, faults } = place(t);
  const slow = { kind: 'slow-download', all: true, bytesPerSecond: 1 };
  const { id } = fault(slow);
  const cleared = download();
  await clock.advance(seconds(5));
  faults.clear([id]);
  await cleared;
  assert.deepEqual(arrivals, [seconds(5)]);

  fault(slow);
  const stop = new AbortController();
  const stopped = assert.rejects(download(stop.signal), /stopped/);
  await clock.advance(seconds(5));
  stop.abort(new Error('stopped'));
  await stopped;
  faults.clear('all');

  fault({ ...slow, forSeconds: 30 });
  const begun = clock.now();
  const over = download();
  await clock.advance(seconds(60));
  await over;
  assert.deepEqual(arrivals, [seconds(5), begun + seconds(30)]);
});

test('a store that takes no upload still answers, and one that is not reached does nothing', async (t) => {
  const { faults, memory, storage, download, fault } = place(t);
  const target = { bucket: 'bucket', key: 'new' };
  const upload = () => storage.upload(target, (async function* () {})());
  fault({ kind: 'fail-upload', job: 'job' });
  await assert.rejects(upload(), /takes no upload: a fault on demand/);
  await assert.rejects(storage.delete({ bucket: 'bucket', key: 'key' }), /a fault on demand/);
  await download();
  faults.clear('all');

  fault({ kind: 'unreachable-store', job: 'job' });
  const unreachable = { name: 'ObjectStorageError', code: 'ServiceUnavailable' };
  await assert.rejects(upload(), unreachable);
  await assert.rejects(download(), unreachable);
  await assert.rejects(storage.find(target), unreachable);
  await assert.rejects(storage.bucketExists('bucket'), unreachable);
  await assert.rejects(storage.list('bucket', '')[Symbol.asyncIterator]().next(), unreachable);
  faults.clear('all');
  await upload();
  assert.deepEqual(memory.keys('bucket'), ['key', 'new']);
});

test('a job that no fault is meant for notices nothing', async (t) => {
  const { arrivals, clock, download, fault, storage } = place(t);
  fault({ kind: 'slow-download', job: 'another', bytesPerSecond: 1 });
  fault({ kind: 'unreachable-store', instanceType: 'ml.c5.large' });
  await download();
  assert.deepEqual(arrivals, [clock.now()]);
  assert.ok(await storage.bucketExists('bucket'));
  assert.equal(storage.link, undefined, 'what the store can not do is not there');
});
