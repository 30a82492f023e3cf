import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasEnded, statusesOf } from '../harness/shell-job.ts';
import { Place } from './place.ts';

const DAY_SECONDS = 86_400;

test('28 days of MaxWaitTimeInSeconds pass at once, and a restart does not take them back', async (t) => {
  const place = await Place.open({ testClock: true, stop: { graceSeconds: 5 } });
  t.after(() => place.close());

  await place.trainyard('fault', 'waiting', 'no-capacity');
  await place.create('waiting', 'true', {
    EnableManagedSpotTraining: true,
    StoppingCondition: { MaxRuntimeInSeconds: DAY_SECONDS, MaxWaitTimeInSeconds: 28 * DAY_SECONDS },
  });
  await place.create('runs', 'sleep 600', { StoppingCondition: { MaxRuntimeInSeconds: 2 * DAY_SECONDS } });
  await place.until('waiting', ({ SecondaryStatus }) => SecondaryStatus === 'Pending');
  await place.until('runs', ({ SecondaryStatus }) => SecondaryStatus === 'Training');
  const told = await place.trainyard('clock', 'advance', '28d');
  assert.equal(told.code, 0, told.stderr);
  assert.ok(Date.parse(told.stdout.trim()) > Date.now() + 27 * DAY_SECONDS * 1000);

  const waiting = await place.until('waiting', hasEnded);
  assert.equal(waiting.SecondaryStatus, 'MaxWaitTimeExceeded');
  assert.deepEqual(statusesOf(waiting), ['Starting', 'Pending', 'Stopping', 'MaxWaitTimeExceeded']);
  // The limit was reached after 2 days, not after 28.
  const runs = await place.until('runs', hasEnded);
  assert.equal(runs.SecondaryStatus, 'MaxRuntimeExceeded');
  assert.ok(
    Math.abs((runs.TrainingTimeInSeconds ?? 0) - 2 * DAY_SECONDS) < 3600,
    `${runs.TrainingTimeInSeconds}`,
  );

  await place.crash();
  await place.restart();
  const after = await place.trainyard('clock', '--json');
  const { kind, now } = JSON.parse(after.stdout) as { kind: string; now: string };
  assert.equal(kind, 'test');
  assert.ok(Date.parse(now) > Date.now() + 27 * DAY_SECONDS * 1000);
});

test('a server that goes by the time of its machine is not advanced', async (t) => {
  const place = await Place.open({});
  t.after(() => place.close());
  const told = await place.trainyard('clock', 'advance', '1h');
  assert.equal(told.code, 1);
  assert.match(told.stderr, /--test-clock/);
});
