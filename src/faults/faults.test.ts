import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { TestClock } from '../clock/test-clock.ts';
import { type Script, ScriptedDriver, type ScriptedMachine } from '../executors/scripted/scripted-driver.ts';
import type { CreateTrainingJobRequest } from '../model/types.generated.ts';
import { Orchestrator } from '../orchestrator/orchestrator.ts';
import { Database } from '../store/database.ts';
import { eventsAfter } from '../store/events/list-events.ts';
import { listFaults } from '../store/faults/faults.ts';
import { findJob } from '../store/jobs/find-job.ts';
import { insertJob } from '../store/jobs/insert-job.ts';
import type { Job } from '../training/job.ts';
import { BadFault, parseFault } from './fault.ts';
import { Faults } from './faults.ts';

const seconds = (count: number) => count * 1000;
const arnOf = (name: string) => `arn:aws:sagemaker:eu-west-1:123456789012:training-job/${name}`;
const SPOT = { EnableManagedSpotTraining: true };

/** A service on a scripted machine and a test clock, which can be crashed and started again. */
function startService(t: TestContext, scripts: Record<string, Script> = {}) {
  const clock = new TestClock(0);
  const database = new Database(':memory:');
  const machine: ScriptedMachine = {
    clock,
    resources: { instances: 4, gpus: [] },
    script: ({ jobName }) => scripts[jobName] ?? {},
    algorithms: new Map(),
    checked: new Map(),
    profiled: new Map(),
    flushed: [],
    gathered: new Map(),
    released: [],
  };
  const begin = () => {
    const faults = new Faults({ database, clock, log: () => {} });
    const orchestrator = new Orchestrator({
      ...{ database, clock, faults },
      driver: new ScriptedDriver(machine),
      account: '123456789012',
      region: 'eu-west-1',
      stopGrace: seconds(120),
      log: (line) => assert.fail(line),
    });
    orchestrator.recover();
    return { faults, orchestrator };
  };
  let service = begin();
  t.after(() => {
    service.orchestrator.close();
    database.close();
  });
  return {
    clock,
    fault: (fault: object) => service.faults.add(parseFault(fault)).id,
    clear: (ids: readonly number[] | 'all') => service.faults.clear(ids),
    create(name: string, change: Partial<CreateTrainingJobRequest> = {}) {
      const request: CreateTrainingJobRequest = {
        TrainingJobName: name,
        RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
        OutputDataConfig: { S3OutputPath: 's3://b/out' },
        ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
        ...change,
      };
      const stored = insertJob(
        database,
        { kind: 'JobCreated', name, arn: arnOf(name), request },
        clock.now(),
      );
      assert.ok(stored);
      service.orchestrator.admit(stored);
    },
    restart() {
      service.orchestrator.close();
      service = begin();
    },
    job(name: string): Job {
      const stored = findJob(database, arnOf(name));
      assert.ok(stored);
      return stored.job;
    },
    statuses(name: string) {
      return this.job(name).transitions.map(({ status }) => status);
    },
    /** What the faults did to a job, as its events tell it. */
    told: (name: string) =>
      eventsAfter(database, { after: 0, job: name, limit: 1000 })
        .map(({ event }) => JSON.parse(event))
        .filter(({ source }) => source === 'trainyard')
        .map(
          (event) => `${event['detail-type']}: ${event.detail.Fault.kind}, attempt ${event.detail.Attempt}`,
        ),
    outcomes: () => listFaults(database, 10).map(({ outcome }) => outcome),
  };
}

test('an interruption strikes a spot job in Training once, and it begins anew', async (t) => {
  const service = startService(t, { spot: { prepareFor: seconds(5), trainFor: seconds(60), onTerm: 0 } });
  service.fault({ kind: 'interrupt', job: 'spot', afterSeconds: 10 });
  service.create('spot', SPOT);
  await service.clock.advance(seconds(200));
  assert.deepEqual(service.statuses('spot'), [
    ...['Starting', 'Downloading', 'Training', 'Interrupted', 'Starting'],
    ...['Downloading', 'Training', 'Uploading', 'Completed'],
  ]);
  const interrupted = service.job('spot').transitions.find(({ status }) => status === 'Interrupted');
  assert.equal(interrupted?.startedAt, seconds(15));
  assert.deepEqual(service.told('spot'), ['Trainyard Fault Struck: interrupt, attempt 1']);
  assert.deepEqual(service.outcomes(), ['it struck']);
});

test('a fault strikes a job that runs at once, in as many attempts as it is asked to', async (t) => {
  const service = startService(t, { spot: { trainFor: seconds(60), onTerm: 0 } });
  service.create('spot', SPOT);
  await service.clock.advance(seconds(30));
  service.fault({ kind: 'interrupt', job: 'SPOT', times: 3 });
  await service.clock.advance(0);
  assert.equal(service.told('spot')[0], 'Trainyard Fault Struck: interrupt, attempt 1');
  await service.clock.advance(seconds(500));
  assert.equal(service.told('spot').length, 3);
  assert.equal(service.job('spot').attempt, 4);
  assert.equal(service.job('spot').secondaryStatus, 'Completed');
});

test('a job that is not spot is not interrupted, which is told', async (t) => {
  const service = startService(t, { firm: { trainFor: seconds(60) } });
  service.fault({ kind: 'interrupt', job: 'firm' });
  service.create('firm');
  await service.clock.advance(seconds(100));
  assert.equal(service.job('firm').secondaryStatus, 'Completed');
  assert.deepEqual(service.told('firm'), ['Trainyard Fault Refused: interrupt, attempt 1']);
  assert.match(service.outcomes()[0] ?? '', /^refused: Only a job with EnableManagedSpotTraining/);
});

test('a lost host uses up a retry', async (t) => {
  const service = startService(t, { job: { trainFor: seconds(60) } });
  service.fault({ kind: 'lose-host', job: 'job', times: 2 });
  service.create('job', { RetryStrategy: { MaximumRetryAttempts: 1 } });
  await service.clock.advance(seconds(100));
  assert.deepEqual(service.statuses('job').slice(0, 4), ['Starting', 'Downloading', 'Training', 'Starting']);
  assert.match(
    service.job('job').failureReason ?? '',
    /^InternalServerError: The algorithm on algo-1 vanished/,
  );
});

test('what a crash came between is carried out when the attempt is taken up again', async (t) => {
  const service = startService(t, {
    job: { trainFor: seconds(60) },
    spot: { trainFor: seconds(60), onTerm: 0 },
  });
  service.create('job', { RetryStrategy: { MaximumRetryAttempts: 1 } });
  service.create('spot', SPOT);
  await service.clock.advance(seconds(10));
  service.fault({ kind: 'lose-host', job: 'job', afterSeconds: 20 });
  service.fault({ kind: 'interrupt', job: 'spot', afterSeconds: 20 });
  service.restart();
  await service.clock.advance(seconds(15));
  assert.equal(service.job('job').attempt, 2);
  assert.equal(service.job('spot').attempt, 2);
});

test('capacity is withheld for a time that begins when it first strikes, and others go on', async (t) => {
  const service = startService(t);
  service.fault({ kind: 'no-capacity', job: 'poor', forSeconds: 60 });
  await service.clock.advance(seconds(1000));
  service.create('poor');
  service.create('rich');
  await service.clock.advance(seconds(50));
  assert.equal(service.job('poor').secondaryStatus, 'Pending');
  assert.equal(service.job('rich').secondaryStatus, 'Completed');
  service.restart();
  await service.clock.advance(seconds(50));
  const { transitions, secondaryStatus } = service.job('poor');
  assert.equal(secondaryStatus, 'Completed');
  assert.equal(transitions.find(({ status }) => status === 'Downloading')?.startedAt, seconds(1060));
  assert.deepEqual(service.told('poor'), ['Trainyard Fault Struck: no-capacity, attempt 1']);
});

test('MaxPendingTimeInSeconds ends a job that waits for capacity which is withheld from its instance type', async (t) => {
  const service = startService(t);
  service.fault({ kind: 'no-capacity', instanceType: 'ml.m5.large' });
  service.create('job', { StoppingCondition: { MaxPendingTimeInSeconds: 7200 } });
  service.create('other', { ResourceConfig: { InstanceType: 'ml.c5.xlarge', InstanceCount: 1 } });
  await service.clock.advance(seconds(7201));
  assert.match(service.job('job').failureReason ?? '', /^CapacityError: /);
  assert.equal(service.job('other').secondaryStatus, 'Completed');
});

test('a fault that comes while jobs wait for capacity holds only those that it is meant for', async (t) => {
  const busy = { trainFor: seconds(100) };
  const service = startService(t, { a: busy, b: busy, c: busy, d: busy });
  for (const name of ['a', 'b', 'c', 'd', 'poor', 'rich']) service.create(name);
  await service.clock.advance(seconds(10));
  const fault = service.fault({ kind: 'no-capacity', job: 'poor' });
  await service.clock.advance(seconds(200));
  assert.equal(service.job('poor').secondaryStatus, 'Pending');
  assert.equal(service.job('rich').secondaryStatus, 'Completed');
  assert.deepEqual(service.clear([fault, fault + 1]), [fault]);
  await service.clock.advance(seconds(1));
  assert.equal(service.job('poor').secondaryStatus, 'Completed');
});

test('a fault that can not be understood is refused', () => {
  const bad: object[] = [
    { kind: 'earthquake', job: 'a' },
    { kind: 'interrupt' },
    { kind: 'interrupt', job: '-a' },
    { kind: 'interrupt', job: 'a', host: 'algo-1' },
    { kind: 'lose-host', job: 'a', host: 'algo-0' },
    { kind: 'lose-host', job: 'a', times: 0 },
    { kind: 'no-capacity' },
    { kind: 'no-capacity', job: 'a', all: true },
    { kind: 'no-capacity', job: 'a', forSeconds: 0 },
    { kind: 'slow-download', job: 'a' },
    { kind: 'slow-download', job: 'a', bytesPerSecond: -1 },
  ];
  for (const fault of bad) assert.throws(() => parseFault(fault), BadFault, JSON.stringify(fault));
  assert.throws(() => parseFault(undefined), BadFault);
});
