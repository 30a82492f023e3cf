import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seconds, startService } from './testing/scripted-service.fixture.ts';

const JOBS = 10_000;
const SLOTS = 500;

test('of 10,000 jobs that wait none is lost or overtaken, also over a restart', async (context) => {
  const names = Array.from({ length: JOBS }, (_, index) => `job-${index}`);
  const scripts = Object.fromEntries(names.map((name) => [name, { trainFor: seconds(1) }]));
  const service = startService(context, { instances: SLOTS, scripts });
  for (const name of names) service.create(name);
  await service.clock.advance(seconds(4));
  service.restart();
  await service.clock.advance(seconds(JOBS / SLOTS));
  const ends = names.map((name) => service.job(name));
  assert.ok(ends.every(({ status }) => status === 'Completed'));
  assert.deepEqual(
    ends.map(({ endedAt }) => endedAt),
    names.map((_, index) => seconds(Math.floor(index / SLOTS) + 1)),
  );
  assert.ok(service.statuses('job-9999').includes('Pending'));
  assert.deepEqual(service.logged, []);
});
