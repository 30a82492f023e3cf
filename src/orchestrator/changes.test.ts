import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IllegalTransition } from '../training/job.ts';
import { seconds, startService } from './testing/scripted-service.fixture.ts';

const every = (ProfilingIntervalInMilliseconds: number) => ({
  S3OutputPath: 's3://b/profile',
  ProfilingIntervalInMilliseconds,
  DisableProfiler: false,
});

test('a changed profiler is a fact, and reaches every host, also after a restart and in the next attempt', async (context) => {
  const service = startService(context, {
    scripts: { job: { prepareFor: seconds(1), trainFor: seconds(100) } },
  });
  service.create('job', 86_400, 0, { spot: true, resources: { InstanceCount: 2 } });
  assert.throws(() => service.change('job', { profiler: every(500) }), IllegalTransition);
  await service.clock.advance(seconds(2));
  assert.deepEqual([...service.machine.profiled], []);
  for (const interval of [500, 200, 100]) service.change('job', { profiler: every(interval) });
  const { modifiedAt, request } = service.job('job');
  assert.deepEqual([request.ProfilerConfig, modifiedAt], [every(100), seconds(2)]);
  const onBoth = (attempt: number, interval: number) => [
    [`1-${attempt}-algo-1`, every(interval)],
    [`1-${attempt}-algo-2`, every(interval)],
  ];
  assert.deepEqual([...service.machine.profiled], onBoth(1, 100));
  // The server is killed before anybody is told.
  service.machine.profiled.clear();
  service.restart();
  await service.clock.advance(seconds(1));
  assert.deepEqual([...service.machine.profiled], onBoth(1, 100));
  service.machine.profiled.clear();
  service.create('urgent');
  await service.clock.advance(seconds(500));
  assert.deepEqual([...service.machine.profiled], onBoth(2, 100));
});

test('all that is to be changed is one write: nothing of it happens where a part is not allowed', async (context) => {
  const service = startService(context, {
    scripts: { job: { prepareFor: seconds(10), trainFor: seconds(100) } },
  });
  service.create('job');
  await service.clock.advance(seconds(1));
  const both = { allowSessions: true, profiler: every(500) };
  assert.throws(() => service.change('job', both), IllegalTransition);
  assert.equal(service.job('job').remoteDebug, undefined, 'which Downloading allows');
  await service.clock.advance(seconds(10));
  service.change('job', both);
  assert.equal(service.job('job').remoteDebug, true);
  assert.deepEqual(service.job('job').request.ProfilerConfig, every(500));
  const { modifiedAt } = service.job('job');
  await service.clock.advance(seconds(1));
  service.change('job', both);
  assert.equal(service.job('job').modifiedAt, modifiedAt, 'what is so already is no change');
});
