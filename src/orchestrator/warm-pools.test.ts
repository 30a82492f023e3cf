import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JobFault } from '../training/fault.ts';
import { hasEnded } from '../training/lifecycle.ts';
import { seconds, startService } from './testing/scripted-service.fixture.ts';

const day = 86_400;
const warm = (KeepAlivePeriodInSeconds = 60, InstanceCount = 1) => ({
  resources: { KeepAlivePeriodInSeconds, InstanceCount },
});
const quick = { trainFor: seconds(10) };

test('instances wait for the next job that matches, which finds them as they were left', async (context) => {
  const service = startService(context, { instances: 2, scripts: { one: quick, two: quick, three: quick } });
  service.create('one', day, 0, { ...warm(60, 2), infraCheck: true });
  await service.clock.advance(seconds(11));
  assert.equal(service.job('one').status, 'Completed');
  assert.equal(service.job('one').warmPool?.status, 'Available');
  await service.clock.advance(seconds(20));
  service.create('two', day, 0, { ...warm(30, 2), infraCheck: true });
  await service.clock.advance(seconds(1));
  const { warmPool } = service.job('one');
  assert.ok(warmPool?.status === 'Reused');
  assert.equal(warmPool.reusedBy, 'two');
  assert.ok(warmPool.retainedMs >= seconds(20) && warmPool.retainedMs <= seconds(21));
  assert.equal(service.job('two').warmPool?.status, 'InUse');
  assert.deepEqual(service.statuses('two'), ['Starting', 'Downloading', 'Training']);
  assert.deepEqual(
    [...service.machine.checked.keys()],
    ['1-1-algo-1', '1-1-algo-2'],
    'they were checked once',
  );
  await service.clock.advance(seconds(10));
  assert.equal(service.job('two').warmPool?.status, 'Available');
  // A job that does not keep them is the last.
  service.create('three', day, 0, { resources: { InstanceCount: 2 } });
  await service.clock.advance(seconds(11));
  assert.deepEqual(service.job('three').warmPool, { status: 'Terminated' });
  assert.deepEqual(service.machine.released.slice(-2).toSorted(), ['3-1-algo-1', '3-1-algo-2']);
  service.create('four', day, 0, { resources: { InstanceCount: 2 } });
  await service.clock.advance(seconds(1));
  assert.equal(service.job('four').warmPool, undefined, 'the room is free again');
});

test('instances that nobody takes are given up when their time is over', async (context) => {
  const service = startService(context, { instances: 1, scripts: { one: quick } });
  service.create('one', day, 0, warm(60));
  await service.clock.advance(seconds(11));
  assert.deepEqual(service.machine.released, ['1-1-algo-1 (kept warm)']);
  await service.clock.advance(seconds(58));
  assert.equal(service.job('one').warmPool?.status, 'Available');
  await service.clock.advance(seconds(2));
  const { warmPool } = service.job('one');
  assert.ok(warmPool?.status === 'Terminated' && warmPool.retainedMs === seconds(60));
  assert.deepEqual(service.machine.released, ['1-1-algo-1 (kept warm)', '1-1-algo-1']);
});

test('the time can be changed, and ended, while they wait', async (context) => {
  const service = startService(context, { scripts: { one: quick, two: quick } });
  service.create('one', day, 0, warm(60));
  assert.equal(service.setKeepAlive('one', 600), false, 'it has not ended');
  await service.clock.advance(seconds(11));
  assert.equal(service.setKeepAlive('one', 600), true);
  await service.clock.advance(seconds(500));
  assert.equal(service.job('one').warmPool?.status, 'Available');
  assert.equal(service.setKeepAlive('one', 0), true);
  await service.clock.advance(1);
  assert.equal(service.job('one').warmPool?.status, 'Terminated');
  assert.equal(service.setKeepAlive('one', 600), false);
});

test('a job that needs the room has it, also a spot job, and one that matches takes the instances warm', async (context) => {
  const service = startService(context, {
    instances: 1,
    scripts: { one: quick, other: quick, spot: quick, again: quick, long: { trainFor: seconds(100) } },
  });
  service.create('one', day, 0, warm(600));
  await service.clock.advance(seconds(11));
  service.create('other', day, 0, { resources: { InstanceType: 'ml.c5.xlarge', ...warm(600).resources } });
  await service.clock.advance(seconds(1));
  assert.equal(service.job('one').warmPool?.status, 'Terminated');
  assert.deepEqual(service.statuses('other'), ['Starting', 'Pending', 'Downloading', 'Training']);
  await service.clock.advance(seconds(10));
  service.create('spot', day, 0, { spot: true });
  await service.clock.advance(seconds(1));
  assert.equal(service.job('other').warmPool?.status, 'Terminated');
  assert.equal(service.job('spot').secondaryStatus, 'Training');
  service.create('long', day, 0, warm(600));
  await service.clock.advance(seconds(11));
  service.create('again', day, 0, warm(600));
  await service.clock.advance(seconds(101));
  // It waited for the room, and had it with what was in it.
  const { warmPool } = service.job('long');
  assert.ok(warmPool?.status === 'Reused' && warmPool.reusedBy === 'again' && warmPool.retainedMs === 0);
  assert.equal(service.job('again').secondaryStatus, 'Training');
});

test('who waits longest has the room, warm or not', async (context) => {
  const service = startService(context, {
    instances: 1,
    scripts: { one: quick, first: quick, match: quick },
  });
  service.create('one', day, 0, warm(600));
  await service.clock.advance(seconds(1));
  service.create('first', day, 0, { resources: { InstanceType: 'ml.c5.xlarge' } });
  service.create('match', day, 0, warm(600));
  await service.clock.advance(seconds(11));
  assert.equal(service.job('one').warmPool?.status, 'Terminated');
  assert.equal(service.job('first').secondaryStatus, 'Training');
  assert.equal(service.job('match').secondaryStatus, 'Pending');
});

test('nothing is kept after a fault of our side, and a retry begins cold', async (context) => {
  const lost = new JobFault('InternalServerError', 'the node was lost');
  const service = startService(context, {
    instances: 1,
    scripts: { broken: { trainFails: lost }, first: quick, retried: [{ trainFails: lost }, quick] },
  });
  service.create('broken', day, 0, warm(600));
  await service.clock.advance(seconds(1));
  assert.deepEqual([service.job('broken').status, service.job('broken').warmPool], ['Failed', undefined]);
  service.create('first', day, 0, warm(600));
  await service.clock.advance(seconds(11));
  service.create('retried', day, 1, warm(600));
  await service.clock.advance(seconds(1));
  const first = service.job('first').warmPool;
  assert.ok(first?.status === 'Reused');
  assert.equal(service.job('retried').attempt, 2);
  assert.equal(service.job('retried').warmPool, undefined);
  await service.clock.advance(seconds(10));
  assert.equal(service.job('retried').warmPool?.status, 'Available');
});

test('a job is deleted when it holds nothing any more, also over a crash', async (context) => {
  const service = startService(context, {
    instances: 1,
    scripts: { one: { ...quick, releaseFor: seconds(5) } },
  });
  service.create('one');
  await service.clock.advance(seconds(11));
  assert.equal(service.job('one').status, 'Completed');
  void service.delete('one');
  assert.equal(service.job('one').status, 'Deleting');
  service.restart();
  assert.equal(service.job('one').status, 'Deleting');
  await service.clock.advance(seconds(6));
  assert.throws(() => service.job('one'));
});

test('capacity is never exceeded nor leaked, whatever becomes of warm pools, clients and crashes', async (context) => {
  const step = fc.oneof(
    fc.record({
      what: fc.constant('create' as const),
      keep: fc.constantFrom(0, 5, 60),
      count: fc.integer({ min: 1, max: 2 }),
      spot: fc.boolean(),
      fails: fc.constantFrom('not', 'itself', 'lost'),
    }),
    fc.record({ what: fc.constant('advance' as const), by: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ what: fc.constant('keep' as const), which: fc.nat(10), keep: fc.constantFrom(0, 1, 100) }),
    fc.record({ what: fc.constant('stop' as const), which: fc.nat(10) }),
    fc.record({ what: fc.constant('restart' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const scripts: Record<string, object> = {};
      const service = startService(context, { instances: 3, scripts });
      const names: string[] = [];
      const check = () => {
        const jobs = names.map((name) => service.job(name));
        const holding = jobs.filter(({ instances, secondaryStatus, warmPool }) =>
          hasEnded(secondaryStatus) ? warmPool?.status === 'Available' : instances.length > 0,
        );
        assert.ok(holding.flatMap(({ instances }) => instances).length <= 3);
        for (const job of jobs) {
          if (job.warmPool?.status !== 'Reused') continue;
          const by = jobs.find(({ name }) => name === (job.warmPool as { reusedBy: string }).reusedBy);
          assert.ok(by && by.attempt > 0, 'a pool was reused by a job that runs on it');
        }
      };
      for (const each of steps) {
        if (each.what === 'create') {
          const name = `job-${names.length}`;
          const fault = new JobFault('InternalServerError', 'the node was lost');
          scripts[name] = {
            ...quick,
            onTerm: 0,
            ...(each.fails === 'itself' && { exitCode: 1 }),
            ...(each.fails === 'lost' && { trainFails: fault }),
          };
          names.push(name);
          const isSpot = each.spot && each.keep === 0;
          service.create(name, day, 0, { spot: isSpot, ...warm(each.keep, each.count) });
          await service.clock.advance(1);
        } else if (each.what === 'advance') await service.clock.advance(seconds(each.by));
        else if (each.what === 'restart') service.restart();
        else {
          const name = names[each.which % Math.max(1, names.length)];
          if (name === undefined) continue;
          if (each.what === 'stop') service.stop(name);
          else service.setKeepAlive(name, each.keep);
          await service.clock.advance(1);
        }
        check();
      }
      await service.clock.advance(seconds(1000));
      for (const name of names) assert.ok(hasEnded(service.job(name).secondaryStatus), `${name} has ended`);
      for (const name of names) assert.notEqual(service.job(name).warmPool?.status, 'Available');
      service.create('last', day, 0, { resources: { InstanceCount: 3 } });
      await service.clock.advance(seconds(1));
      assert.equal(service.job('last').attempt, 1, 'all the room is free');
    }),
    { numRuns: 60 },
  );
});
