import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Script } from '../executors/scripted/scripted-driver.ts';
import { JobFault } from '../training/fault.ts';
import { hasEnded } from '../training/lifecycle.ts';
import { GRACE_SECONDS, seconds, startService } from './testing/scripted-service.fixture.ts';

const two = { resources: { InstanceCount: 2 } };
const group = (
  InstanceGroupName: string,
  InstanceType: 'ml.m5.large' | 'ml.c5.xlarge',
  InstanceCount: number,
) => ({
  ...{ InstanceGroupName, InstanceType, InstanceCount },
});
const mixed = {
  resources: { InstanceGroups: [group('data', 'ml.c5.xlarge', 1), group('train', 'ml.m5.large', 2)] },
};
const day = 86_400;

test('hosts are numbered through the groups, and each phase waits for all of them', async (context) => {
  const service = startService(context, {
    instances: 3,
    hostScripts: {
      job: {
        'algo-1': { prepareFor: seconds(1), trainFor: seconds(20), artifacts: { model: 's3://b/m' } },
        'algo-2': { prepareFor: seconds(5), trainFor: seconds(10) },
        'algo-3': { prepareFor: seconds(2), trainFor: seconds(2), uploadFor: seconds(3) },
      },
    },
  });
  service.create('job', day, 0, mixed);
  await service.clock.advance(seconds(1));
  assert.deepEqual(
    service.job('job').instances.map(({ host, instanceType, groupName }) => [host, instanceType, groupName]),
    [
      ['algo-1', 'ml.c5.xlarge', 'data'],
      ['algo-2', 'ml.m5.large', 'train'],
      ['algo-3', 'ml.m5.large', 'train'],
    ],
  );
  await service.clock.advance(seconds(60));
  const { transitions, artifacts } = service.job('job');
  assert.deepEqual(
    transitions.map(({ status, startedAt }) => [status, startedAt / 1000]),
    [
      ['Starting', 0],
      ['Downloading', 0],
      ['Training', 5],
      ['Uploading', 25],
      ['Completed', 28],
    ],
  );
  assert.equal(artifacts?.model, 's3://b/m');
  // One agent stores what is on all hosts.
  assert.deepEqual([...service.machine.gathered], [['1-1-algo-1', ['algo-1', 'algo-2', 'algo-3']]]);
  assert.deepEqual(service.machine.released.toSorted(), ['1-1-algo-1', '1-1-algo-2', '1-1-algo-3']);
});

test('the first host to fail ends the others, and its reason is the job’s', async (context) => {
  const service = startService(context, {
    hostScripts: {
      job: {
        'algo-1': { trainFor: seconds(1000), onTerm: 143 },
        'algo-2': { trainFor: seconds(10), exitCode: 3, end: { failureFile: 'no convergence' } },
      },
      deaf: { 'algo-1': { trainFor: seconds(1000) }, 'algo-2': { trainFor: seconds(10), exitCode: 4 } },
    },
  });
  service.create('job', day, 0, two);
  await service.clock.advance(seconds(11));
  assert.equal(service.job('job').failureReason, 'AlgorithmError: no convergence (on algo-2), exit code: 3');
  service.create('deaf', day, 0, two);
  await service.clock.advance(seconds(11 + GRACE_SECONDS));
  assert.match(service.job('deaf').failureReason ?? '', /^AlgorithmError: .*on algo-2 .*, exit code: 4$/);
});

test('after a crash the others are ended all the same, in what is left of their grace', async (context) => {
  const service = startService(context, {
    hostScripts: {
      job: { 'algo-1': { trainFor: seconds(1000) }, 'algo-2': { trainFor: seconds(10), exitCode: 3 } },
    },
  });
  service.create('job', day, 0, two);
  await service.clock.advance(seconds(10 + GRACE_SECONDS / 2));
  service.restart();
  await service.clock.advance(seconds(GRACE_SECONDS / 2 - 1));
  assert.equal(service.job('job').secondaryStatus, 'Training');
  await service.clock.advance(seconds(1));
  assert.match(service.job('job').failureReason ?? '', /on algo-2 .*, exit code: 3$/);
  assert.equal(service.job('job').endedAt, seconds(10 + GRACE_SECONDS));
});

test('a host that can not be prepared keeps nobody waiting, and is named', async (context) => {
  const gone = new JobFault('ClientError', 'Data download failed: s3://b/k is gone');
  const service = startService(context, {
    hostScripts: {
      job: {
        'algo-1': { prepareFor: seconds(1000) },
        'algo-2': { prepareFor: seconds(5), prepareFails: gone },
      },
      start: {
        'algo-1': { trainFor: seconds(1000), onTerm: 143 },
        'algo-2': { trainFails: new JobFault('InternalServerError', 'no sandbox') },
      },
    },
  });
  service.create('job', day, 0, two);
  await service.clock.advance(seconds(6));
  assert.equal(service.job('job').endedAt, seconds(5));
  assert.equal(
    service.job('job').failureReason,
    'ClientError: Data download failed: s3://b/k is gone (on algo-2)',
  );
  service.create('start', day, 0, two);
  await service.clock.advance(seconds(1));
  assert.equal(service.job('start').failureReason, 'InternalServerError: no sandbox (on algo-2)');
});

test('a host that is lost ends the attempt as a whole, also where another failed before for want of it', async (context) => {
  const lost: Script = {
    trainFor: seconds(10),
    end: { exit: { kind: 'vanished', detail: 'the node is gone' } },
  };
  const good = { trainFor: seconds(10) };
  const service = startService(context, {
    hostScripts: {
      job: {
        'algo-1': [{ trainFor: seconds(9), exitCode: 1 }, good],
        'algo-2': [lost, good],
      },
    },
  });
  service.create('job', day, 1, two);
  await service.clock.advance(seconds(60));
  assert.equal(service.job('job').status, 'Completed');
  assert.equal(service.job('job').attempt, 2);
  assert.deepEqual(service.machine.flushed.toSorted(), ['1-1-algo-1', '1-1-algo-2']);
  assert.deepEqual(service.machine.released.slice(0, 2).toSorted(), ['1-1-algo-1', '1-1-algo-2']);
});

test('an unhealthy instance is replaced where there is another, and fails the job where there is none', async (context) => {
  const service = startService(context, {
    instances: 3,
    gpus: [0, 1, 2],
    hostScripts: { job: { 'algo-2': { unhealthy: 1, trainFor: seconds(10) } } },
    scripts: { bad: { unhealthy: 9 } },
  });
  service.create('job', day, 0, {
    infraCheck: true,
    resources: { InstanceType: 'ml.g4dn.xlarge', InstanceCount: 2 },
  });
  await service.clock.advance(seconds(5));
  assert.deepEqual(
    service.job('job').instances.map(({ host, gpus, replaced }) => [host, gpus, replaced]),
    [
      ['algo-1', [0], undefined],
      ['algo-2', [2], 1],
    ],
  );
  service.restart();
  service.create('bad', day, 0, { infraCheck: true });
  await service.clock.advance(seconds(30));
  assert.equal(service.job('job').status, 'Completed');
  assert.equal(service.job('bad').failureReason, 'InternalServerError: the check of algo-1 failed');
  assert.deepEqual(service.statuses('bad'), ['Starting', 'Failed']);
  service.create('after', day, 0, { resources: { InstanceCount: 3 } });
  await service.clock.advance(1);
  assert.equal(service.job('after').status, 'Completed', 'what was replaced is given back');
});

test('spot jobs of several hosts make room for one that needs them, and return', async (context) => {
  const script: Script = { trainFor: seconds(60), onTerm: 0 };
  const service = startService(context, {
    instances: 4,
    scripts: { wide: script, narrow: script, wanted: { trainFor: seconds(30) } },
  });
  service.create('wide', day, 0, { spot: true, ...two });
  service.create('narrow', day, 0, { spot: true });
  await service.clock.advance(seconds(10));
  // One is free: the youngest makes enough room.
  service.create('wanted', day, 0, two);
  await service.clock.advance(seconds(1));
  assert.equal(service.job('wanted').secondaryStatus, 'Training');
  assert.equal(service.job('wide').secondaryStatus, 'Training');
  assert.equal(service.job('narrow').secondaryStatus, 'Pending');
  await service.clock.advance(seconds(200));
  assert.equal(service.job('narrow').status, 'Completed');
});

test('a stop while an unhealthy instance is being given back ends the job as Stopped', async (context) => {
  const service = startService(context, {
    scripts: { job: { unhealthy: 1, releaseFor: seconds(5), trainFor: seconds(10) } },
  });
  service.create('job', day, 0, { infraCheck: true });
  await service.clock.advance(seconds(2));
  service.stop('job');
  await service.clock.advance(seconds(20));
  assert.deepEqual(service.statuses('job'), ['Starting', 'Stopping', 'Stopped']);
});

test('a job that waits and does not fit any more, after the settings were changed, keeps nobody waiting', async (context) => {
  const service = startService(context, { scripts: { holder: { trainFor: seconds(10) } } });
  service.create('holder', day, 0, two);
  service.create('wide', day, 0, two);
  service.create('narrow');
  service.restart({ quotas: { 'ml.m5.large': 1 }, pools: {} });
  await service.clock.advance(seconds(20));
  assert.match(
    service.job('wide').failureReason ?? '',
    /^CapacityError: .*needs 2 \(setting quotas\.ml\.m5\.large\)/,
  );
  assert.equal(service.job('holder').status, 'Completed');
  assert.equal(service.job('narrow').status, 'Completed');
});

/** What each of a job's hosts may do in each of its attempts. */
const anyHost: fc.Arbitrary<Script> = fc.record(
  {
    unhealthy: fc.constantFrom(0, 1, 5),
    prepareFor: fc.integer({ min: 0, max: 5000 }),
    prepareFails: fc.constantFrom(new JobFault('ClientError', 'x'), new JobFault('InternalServerError', 'x')),
    trainFor: fc.integer({ min: 0, max: 9000 }),
    exitCode: fc.constantFrom(0, 0, 0, 1),
    onTerm: fc.constantFrom(0, 9),
    end: fc.constant({ exit: { kind: 'vanished' as const, detail: 'gone' } }),
    trainFails: fc.constantFrom(new JobFault('InternalServerError', 'x'), new JobFault('ClientError', 'x')),
    uploadFor: fc.integer({ min: 0, max: 2000 }),
    uploadFails: fc.constant(new JobFault('ClientError', 'x')),
    releaseFor: fc.integer({ min: 0, max: 500 }),
  },
  { requiredKeys: [] },
);

const anyShape = fc.constantFrom(
  {},
  two,
  mixed,
  { resources: { InstanceType: 'ml.g4dn.xlarge' as const, InstanceCount: 2 } },
  { resources: { InstanceType: 'ml.c5.xlarge' as const, InstanceCount: 2 } },
);

const anyJob = fc.record({
  shape: anyShape,
  hosts: fc.array(fc.array(anyHost, { minLength: 1, maxLength: 2 }), { minLength: 3, maxLength: 3 }),
  spot: fc.boolean(),
  infraCheck: fc.boolean(),
  retries: fc.integer({ min: 0, max: 2 }),
});

const anyEvent = fc.record({
  what: fc.constantFrom('stop' as const, 'restart' as const),
  job: fc.integer({ min: 0, max: 4 }),
  after: fc.integer({ min: 0, max: 4000 }),
});

test('whatever the hosts of several jobs, clients and crashes do: all or nothing, within all limits, an end with a reason, nothing leaked', async (context) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyJob, { minLength: 5, maxLength: 5 }),
      fc.array(anyEvent, { maxLength: 6 }),
      async (jobs, events) => {
        const hostScripts = Object.fromEntries(
          jobs.map(({ hosts }, index) => [
            `job-${index}`,
            Object.fromEntries(hosts.map((scripts, at) => [`algo-${at + 1}`, scripts])),
          ]),
        );
        const settings = {
          quotas: { 'ml.m5.large': 3, '*': 4 },
          pools: { compute: { instanceTypes: ['ml.c5.xlarge'], instances: 2 } },
        };
        const service = startService(context, { instances: 4, gpus: [0, 1], settings, hostScripts });
        const names = Object.keys(hostScripts);
        for (const [index, { shape, spot, infraCheck, retries }] of jobs.entries()) {
          const limits = spot ? { MaxWaitTimeInSeconds: 600 } : {};
          service.create(`job-${index}`, 12, retries, { ...shape, spot, infraCheck, ...limits });
        }
        const holdsItsLimits = () => {
          const held = names.map((name) => service.job(name)).filter((job) => !hasEnded(job.secondaryStatus));
          const instances = held.flatMap((job) => job.instances);
          const gpus = instances.flatMap((each) => each.gpus);
          const ofType = (type: string) => instances.filter((each) => each.instanceType === type).length;
          assert.ok(instances.length <= 4 && ofType('ml.m5.large') <= 3 && ofType('ml.c5.xlarge') <= 2);
          assert.equal(new Set(gpus).size, gpus.length, 'a GPU was given twice');
        };
        for (const { what, job, after } of events) {
          await service.clock.advance(after);
          holdsItsLimits();
          if (what === 'stop') service.stop(`job-${job}`);
          else service.restart();
        }
        for (let minute = 0; minute < 20; minute++) {
          await service.clock.advance(seconds(60));
          holdsItsLimits();
        }
        for (const name of names) {
          const ended = service.job(name);
          assert.ok(hasEnded(ended.secondaryStatus), `${name} is ${ended.secondaryStatus}`);
          assert.equal(ended.status === 'Failed', ended.failureReason !== undefined);
        }
        const { algorithms, released } = service.machine;
        assert.ok([...algorithms.values()].every((algorithm) => !algorithm.running));
        for (const id of algorithms.keys()) assert.ok(released.includes(id), `${id} was not given back`);
        service.create('after', day, 0, mixed);
        await service.clock.advance(1);
        assert.equal(service.job('after').status, 'Completed', 'capacity has leaked');
      },
    ),
    { numRuns: 60 },
  );
});

test('a restart at any moment changes nothing of what a job of several hosts does', async (context) => {
  const times = { prepareFor: 3000, uploadFor: 2000, artifacts: { model: 's3://b/m' } };
  const hosts = { 'algo-1': { ...times, trainFor: 7000 }, 'algo-2': { ...times, trainFor: 4000 } };
  for (let moment = 0; moment <= 26; moment++) {
    const service = startService(context, { instances: 3, hostScripts: { first: hosts, second: hosts } });
    service.create('first', day, 0, two);
    service.create('second', day, 0, two);
    await service.clock.advance(seconds(moment));
    service.restart();
    await service.clock.advance(seconds(60));
    for (const name of ['first', 'second'])
      assert.equal(service.job(name).status, 'Completed', `${name} after a restart at ${moment} s`);
    assert.equal(service.machine.algorithms.size, 4, 'no algorithm ran twice');
    assert.deepEqual(service.logged, []);
  }
});
