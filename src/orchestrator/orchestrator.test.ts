import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Script } from '../executors/scripted/scripted-driver.ts';
import { trainingSeconds } from '../training/billing.ts';
import { JobFault } from '../training/fault.ts';
import { hasEnded } from '../training/lifecycle.ts';
import { GRACE_SECONDS, seconds, startService } from './testing/scripted-service.fixture.ts';

test('a job runs through its phases, and each takes the time it takes', async (context) => {
  const service = startService(context, {
    scripts: {
      good: { prepareFor: 2000, trainFor: seconds(60), uploadFor: 3000, artifacts: { model: 's3://b/m' } },
    },
  });
  service.create('good');
  await service.clock.advance(seconds(100));
  assert.deepEqual(service.statuses('good'), [
    'Starting',
    'Downloading',
    'Training',
    'Uploading',
    'Completed',
  ]);
  assert.deepEqual(
    service.job('good').transitions.map((each) => each.startedAt),
    [0, 0, 2000, 62_000, 65_000],
  );
  assert.equal(service.job('good').artifacts?.model, 's3://b/m');
});

test('nothing is done for a job before it is on the disk, but it can be stopped', async (context) => {
  const script = { trainFor: seconds(10) };
  const service = startService(context, { scripts: { job: script, stopped: script, unknown: script } });
  const disk = Promise.withResolvers<void>();
  const brokenDisk = Promise.withResolvers<void>();
  service.create('job', 86_400, 0, { onDisk: disk.promise });
  service.create('stopped', 86_400, 0, { onDisk: disk.promise });
  service.create('unknown', 86_400, 0, { onDisk: brokenDisk.promise });
  service.stop('stopped');
  await service.clock.advance(seconds(5));
  for (const name of ['job', 'unknown']) assert.deepEqual(service.statuses(name), ['Starting']);
  disk.resolve();
  brokenDisk.reject(new Error('EIO'));
  await service.clock.advance(seconds(20));
  // Whether a disk that fails has it, nobody knows: as long as it is there, it runs.
  for (const name of ['job', 'unknown']) assert.equal(service.job(name).secondaryStatus, 'Completed');
  assert.deepEqual(service.statuses('stopped'), ['Starting', 'Stopping', 'Stopped']);
});

test('jobs beyond the capacity wait as Pending, first come first served', async (context) => {
  const script = { trainFor: seconds(10) };
  const service = startService(context, { instances: 1, scripts: { a: script, b: script, c: script } });
  for (const name of ['a', 'b', 'c']) service.create(name);
  await service.clock.advance(seconds(5));
  assert.equal(service.job('a').secondaryStatus, 'Training');
  assert.equal(service.job('b').secondaryStatus, 'Pending');
  assert.equal(service.job('b').transitions.at(-1)?.message, 'Training job waiting for capacity');
  assert.equal(service.job('c').secondaryStatus, 'Pending');
  await service.clock.advance(seconds(30));
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => service.job(name).endedAt),
    [seconds(10), seconds(20), seconds(30)],
  );
  assert.deepEqual(service.statuses('c'), [
    'Starting',
    'Pending',
    'Downloading',
    'Training',
    'Uploading',
    'Completed',
  ]);
});

test('a stop sends SIGTERM; artifacts are kept; the exit code is ignored', async (context) => {
  const service = startService(context, {
    scripts: { job: { trainFor: seconds(1000), onTerm: 7, artifacts: { model: 's3://b/m' } } },
  });
  service.create('job');
  await service.clock.advance(seconds(10));
  service.stop('job');
  assert.equal(service.job('job').status, 'Stopping');
  await service.clock.advance(1);
  assert.deepEqual(service.statuses('job'), [
    'Starting',
    'Downloading',
    'Training',
    'Stopping',
    'Uploading',
    'Stopped',
  ]);
  assert.equal(service.job('job').failureReason, undefined);
  assert.equal(service.job('job').artifacts?.model, 's3://b/m');
});

test('an algorithm that ignores SIGTERM is killed when the grace is over, also across a restart of the server', async (context) => {
  const service = startService(context, { scripts: { deaf: { trainFor: seconds(1000) } } });
  service.create('deaf');
  await service.clock.advance(seconds(10));
  service.stop('deaf');
  await service.clock.advance(seconds(50));
  service.restart();
  await service.clock.advance(seconds(GRACE_SECONDS - 51));
  assert.equal(service.job('deaf').status, 'Stopping');
  await service.clock.advance(seconds(1));
  assert.equal(service.job('deaf').status, 'Stopped');
  assert.equal(service.job('deaf').transitions.at(-1)?.startedAt, seconds(10 + GRACE_SECONDS));
});

test('MaxRuntimeInSeconds counts from Training and ends as MaxRuntimeExceeded without a reason', async (context) => {
  const service = startService(context, {
    scripts: { long: { prepareFor: seconds(30), trainFor: seconds(1000), onTerm: 0 } },
  });
  service.create('long', 60);
  await service.clock.advance(seconds(89));
  assert.equal(service.job('long').secondaryStatus, 'Training');
  service.restart();
  await service.clock.advance(seconds(2));
  assert.equal(service.job('long').secondaryStatus, 'MaxRuntimeExceeded');
  assert.equal(service.job('long').status, 'Stopped');
  assert.equal(service.job('long').failureReason, undefined);
});

test('28 days of training pass on the test clock', async (context) => {
  const days28 = 28 * 86_400;
  const service = startService(context, { scripts: { month: { trainFor: seconds(days28 - 1) } } });
  service.create('month', days28);
  await service.clock.advance(seconds(days28));
  assert.equal(service.job('month').status, 'Completed');
});

test('a failing algorithm uploads what it left and fails with its reason', async (context) => {
  const service = startService(context, {
    scripts: {
      bad: { exitCode: 3, end: { failureFile: 'no convergence' }, artifacts: { output: 's3://b/o' } },
    },
  });
  service.create('bad');
  await service.clock.advance(1);
  assert.deepEqual(service.statuses('bad'), ['Starting', 'Downloading', 'Training', 'Uploading', 'Failed']);
  assert.equal(service.job('bad').failureReason, 'AlgorithmError: no convergence, exit code: 3');
});

test('faults of each phase fail the job with a reason', async (context) => {
  const service = startService(context, {
    instances: 9,
    scripts: {
      data: { prepareFails: new JobFault('ClientError', 'Data download failed: s3://b/k is gone') },
      start: { trainFails: new JobFault('InternalServerError', 'no sandbox') },
      store: { uploadFails: new JobFault('InternalServerError', 'the store is away') },
      gone: { end: { exit: { kind: 'vanished', detail: 'the machine restarted' } } },
      both: {
        exitCode: 1,
        end: { lastWords: 'boom' },
        uploadFails: new JobFault('InternalServerError', 'away'),
      },
    },
  });
  for (const name of ['data', 'start', 'store', 'gone', 'both']) service.create(name);
  await service.clock.advance(1);
  const reason = (name: string) => service.job(name).failureReason;
  assert.equal(reason('data'), 'ClientError: Data download failed: s3://b/k is gone');
  assert.deepEqual(service.statuses('data'), ['Starting', 'Downloading', 'Failed']);
  assert.equal(reason('start'), 'InternalServerError: no sandbox');
  assert.equal(reason('store'), 'InternalServerError: the store is away');
  assert.match(
    reason('gone') ?? '',
    /^InternalServerError: The algorithm on algo-1 vanished .*the machine restarted/,
  );
  assert.match(reason('both') ?? '', /^AlgorithmError: .*Last words: boom, exit code: 1$/);
});

test('a stop while waiting, while downloading and while uploading', async (context) => {
  const service = startService(context, {
    instances: 2,
    scripts: {
      loading: { prepareFor: seconds(100) },
      sending: { uploadFor: seconds(100) },
    },
  });
  for (const name of ['loading', 'sending', 'waiting']) service.create(name);
  await service.clock.advance(seconds(1));
  for (const name of ['loading', 'sending', 'waiting']) service.stop(name);
  await service.clock.advance(seconds(200));
  assert.deepEqual(service.statuses('waiting'), ['Starting', 'Pending', 'Stopping', 'Stopped']);
  assert.deepEqual(service.statuses('loading'), ['Starting', 'Downloading', 'Stopping', 'Stopped']);
  assert.deepEqual(service.statuses('sending'), [
    'Starting',
    'Downloading',
    'Training',
    'Uploading',
    'Stopped',
  ]);
  service.create('after');
  await service.clock.advance(1);
  assert.equal(service.job('after').status, 'Completed', 'no capacity has leaked');
});

const lost: Script = {
  trainFor: seconds(10),
  end: { exit: { kind: 'vanished', detail: 'the node is gone' } },
};

test('an attempt that our side lost is tried again, on instances of its own', async (context) => {
  const service = startService(context, {
    instances: 1,
    scripts: { job: [lost, { trainFor: seconds(20), artifacts: { model: 's3://b/m' } }] },
  });
  service.create('job', 86_400, 1);
  await service.clock.advance(seconds(60));
  assert.deepEqual(service.statuses('job'), [
    ...[
      'Starting',
      'Downloading',
      'Training',
      'Starting',
      'Downloading',
      'Training',
      'Uploading',
      'Completed',
    ],
  ]);
  assert.deepEqual(service.machine.released, ['1-1-algo-1', '1-2-algo-1']);
  assert.equal(service.job('job').failureReason, undefined);
  service.create('after');
  await service.clock.advance(1);
  assert.equal(service.job('after').status, 'Completed', 'no capacity has leaked');
});

test('retries end: the last reason is the job’s, and what it left is uploaded', async (context) => {
  const fault = new JobFault('InternalServerError', 'the store is away');
  const service = startService(context, {
    scripts: { lost: { ...lost, artifacts: { model: 's3://b/m' } }, unprepared: { prepareFails: fault } },
  });
  service.create('lost', 86_400, 2);
  service.create('unprepared', 86_400, 2);
  await service.clock.advance(seconds(60));
  for (const name of ['lost', 'unprepared']) {
    assert.equal(service.job(name).status, 'Failed');
    assert.equal(service.job(name).attempt, 3);
  }
  assert.match(service.job('lost').failureReason ?? '', /^InternalServerError: .*the node is gone/);
  assert.equal(service.job('lost').artifacts?.model, 's3://b/m');
  assert.equal(service.job('unprepared').failureReason, 'InternalServerError: the store is away');
});

test('the algorithm’s own failures and the client’s are not retried', async (context) => {
  const service = startService(context, {
    scripts: { bad: { exitCode: 1 }, data: { prepareFails: new JobFault('ClientError', 'no such key') } },
  });
  service.create('bad', 86_400, 3);
  service.create('data', 86_400, 3);
  await service.clock.advance(seconds(1));
  assert.deepEqual([service.job('bad').status, service.job('bad').attempt], ['Failed', 1]);
  assert.deepEqual([service.job('data').status, service.job('data').attempt], ['Failed', 1]);
});

test('MaxRuntimeInSeconds is for all attempts together', async (context) => {
  const service = startService(context, { scripts: { job: [lost, { trainFor: seconds(1000), onTerm: 0 }] } });
  service.create('job', 15, 1);
  await service.clock.advance(seconds(60));
  assert.equal(service.job('job').secondaryStatus, 'MaxRuntimeExceeded');
  assert.equal(service.job('job').endedAt, seconds(15), '10 s in the first attempt, 5 s in the second');
});

test('a stop ends the retries', async (context) => {
  const service = startService(context, { scripts: { job: lost } });
  service.create('job', 86_400, 30);
  await service.clock.advance(seconds(15));
  service.stop('job');
  await service.clock.advance(seconds(300));
  assert.equal(service.job('job').status, 'Stopped');
  assert.equal(service.job('job').attempt, 2);
});

const interrupted = ['Starting', 'Downloading', 'Training', 'Interrupted'];

test('a job that waits takes the place of the youngest spot job, which returns when there is room (§4.3)', async (context) => {
  const script: Script = { trainFor: seconds(60), onTerm: 0 };
  const service = startService(context, {
    instances: 2,
    scripts: { older: script, younger: script, wanted: { trainFor: seconds(30) } },
  });
  service.create('older', 86_400, 0, { spot: true });
  service.create('younger', 86_400, 0, { spot: true });
  await service.clock.advance(seconds(10));
  service.create('wanted');
  await service.clock.advance(seconds(1));
  assert.equal(service.job('wanted').secondaryStatus, 'Training');
  assert.deepEqual(service.statuses('younger'), [...interrupted, 'Starting', 'Pending']);
  assert.equal(service.job('younger').status, 'InProgress');
  assert.deepEqual(
    service.machine.flushed,
    ['2-1-algo-1'],
    'its checkpoints are in S3 before its place is given away',
  );
  assert.equal(service.job('older').secondaryStatus, 'Training');
  await service.clock.advance(seconds(120));
  assert.deepEqual(service.statuses('younger'), [
    ...[...interrupted, 'Starting', 'Pending', 'Downloading', 'Training', 'Uploading', 'Completed'],
  ]);
  assert.equal(service.job('younger').attempt, 2);
  assert.equal(trainingSeconds(service.job('younger')), 70, '10 s before the interruption and 60 s after it');
});

test('an interrupted algorithm has its grace, also across a restart, and the waiting job its place afterwards', async (context) => {
  const service = startService(context, {
    instances: 1,
    scripts: { deaf: { trainFor: seconds(1000) }, wanted: { trainFor: seconds(5) } },
  });
  service.create('deaf', 86_400, 0, { spot: true });
  await service.clock.advance(seconds(10));
  service.create('wanted');
  await service.clock.advance(seconds(60));
  service.restart();
  await service.clock.advance(seconds(59));
  assert.equal(service.job('deaf').secondaryStatus, 'Interrupted');
  assert.equal(service.job('wanted').secondaryStatus, 'Pending');
  await service.clock.advance(seconds(2));
  assert.equal(service.job('wanted').secondaryStatus, 'Training');
  service.stop('deaf');
  await service.clock.advance(seconds(1));
  assert.deepEqual(service.statuses('deaf'), [...interrupted, 'Starting', 'Pending', 'Stopping', 'Stopped']);
});

test('nobody is interrupted where that makes no room, and jobs that are not spot wait before those that are', async (context) => {
  const service = startService(context, {
    instances: 1,
    scripts: {
      holder: { trainFor: seconds(10) },
      spot: { trainFor: seconds(5) },
      later: { trainFor: seconds(5) },
    },
  });
  service.create('holder');
  service.create('spot', 86_400, 0, { spot: true });
  await service.clock.advance(seconds(1));
  service.create('later');
  await service.clock.advance(seconds(60));
  assert.deepEqual(
    ['holder', 'later', 'spot'].map((name) => service.job(name).endedAt),
    [seconds(10), seconds(15), seconds(20)],
  );
});

test('a spot job that never got its place ends as MaxWaitTimeExceeded, without a reason (§4.3)', async (context) => {
  const service = startService(context, { instances: 1, scripts: { holder: { trainFor: seconds(1000) } } });
  service.create('holder');
  service.create('spot', 60, 0, { spot: true, MaxWaitTimeInSeconds: 100 });
  await service.clock.advance(seconds(50));
  service.restart();
  await service.clock.advance(seconds(51));
  assert.deepEqual(service.statuses('spot'), ['Starting', 'Pending', 'Stopping', 'MaxWaitTimeExceeded']);
  assert.equal(service.job('spot').status, 'Stopped');
  assert.equal(service.job('spot').failureReason, undefined);
  assert.equal(service.job('spot').endedAt, seconds(100));
});

test('MaxPendingTimeInSeconds ends the waiting with a CapacityError', async (context) => {
  const service = startService(context, { instances: 1, scripts: { holder: { trainFor: seconds(9000) } } });
  service.create('holder');
  service.create('waiting', 60, 0, { MaxPendingTimeInSeconds: 7200 });
  await service.clock.advance(seconds(7000));
  service.restart();
  await service.clock.advance(seconds(201));
  assert.match(service.job('waiting').failureReason ?? '', /^CapacityError: Unable to provision .*\(7200\)/);
  assert.equal(service.job('waiting').endedAt, seconds(7200));
});

/** Any of the things that an instance may do. */
const anyScript: fc.Arbitrary<Script> = fc.record(
  {
    prepareFor: fc.integer({ min: 0, max: 5000 }),
    prepareFails: fc.constantFrom(new JobFault('ClientError', 'x'), new JobFault('InternalServerError', 'x')),
    trainFor: fc.integer({ min: 0, max: 9000 }),
    exitCode: fc.constantFrom(0, 1, 137),
    onTerm: fc.constantFrom(0, 9),
    end: fc.constant({ exit: { kind: 'vanished' as const, detail: 'gone' } }),
    trainFails: fc.constant(new JobFault('InternalServerError', 'x')),
    uploadFor: fc.integer({ min: 0, max: 2000 }),
    uploadFails: fc.constant(new JobFault('ClientError', 'x')),
    releaseFor: fc.integer({ min: 0, max: 500 }),
  },
  { requiredKeys: [] },
);

const anyEvent = fc.record({
  what: fc.constantFrom('stop' as const, 'restart' as const),
  job: fc.integer({ min: 0, max: 3 }),
  after: fc.integer({ min: 0, max: 4000 }),
});

test('whatever instances, clients and crashes do, every job ends with a reason and nothing is leaked', async (context) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyScript, { minLength: 1, maxLength: 3 }), { minLength: 4, maxLength: 4 }),
      fc.array(anyEvent, { maxLength: 6 }),
      async (attempts, events) => {
        const scripts = Object.fromEntries(attempts.map((each, index) => [`job-${index}`, each]));
        const service = startService(context, { instances: 2, scripts });
        for (const [index, name] of Object.keys(scripts).entries()) {
          const spot = index % 2 === 1;
          service.create(name, 12, index, { spot, ...(spot && { MaxWaitTimeInSeconds: 300 }) });
        }
        for (const { what, job, after } of events) {
          await service.clock.advance(after);
          if (what === 'stop') service.stop(`job-${job}`);
          else service.restart();
        }
        await service.clock.advance(seconds(600));
        for (const name of Object.keys(scripts)) {
          const ended = service.job(name);
          assert.ok(hasEnded(ended.secondaryStatus), `${name} is ${ended.secondaryStatus}`);
          assert.equal(ended.status === 'Failed', ended.failureReason !== undefined);
        }
        assert.ok([...service.machine.algorithms.values()].every((algorithm) => !algorithm.running));
        for (const name of ['after-1', 'after-2']) service.create(name);
        await service.clock.advance(1);
        assert.equal(service.job('after-2').status, 'Completed', 'capacity has leaked');
      },
    ),
    { numRuns: 60 },
  );
});

test('instances that a crash left behind are cleaned up, and only then given to others', async (context) => {
  const service = startService(context, { instances: 1, scripts: { first: { releaseFor: seconds(10) } } });
  service.create('first');
  service.create('second');
  await service.clock.advance(seconds(1));
  assert.equal(service.job('first').status, 'Completed');
  assert.equal(service.job('second').secondaryStatus, 'Pending');
  service.restart();
  await service.clock.advance(seconds(5));
  assert.deepEqual(service.machine.released, []);
  assert.equal(service.job('second').secondaryStatus, 'Pending');
  await service.clock.advance(seconds(6));
  assert.equal(service.machine.released[0], '1-1-algo-1');
  assert.equal(service.job('second').status, 'Completed');
  service.restart();
  await service.clock.advance(seconds(20));
  assert.equal(
    service.machine.released.filter((each) => each === '1-1-algo-1').length,
    1,
    'once and for all',
  );
});

test('a restart at any moment changes nothing of what a job does', async (context) => {
  const script: Script = {
    prepareFor: 3000,
    trainFor: 7000,
    uploadFor: 2000,
    artifacts: { model: 's3://b/m' },
  };
  for (let moment = 0; moment <= 26; moment++) {
    const service = startService(context, { instances: 1, scripts: { first: script, second: script } });
    service.create('first');
    service.create('second');
    await service.clock.advance(seconds(moment));
    service.restart();
    await service.clock.advance(seconds(60));
    for (const name of ['first', 'second']) {
      assert.equal(service.job(name).status, 'Completed', `${name} after a restart at ${moment} s`);
    }
    assert.equal(service.machine.algorithms.size, 2, 'no algorithm ran twice');
    assert.deepEqual(service.logged, []);
  }
});
