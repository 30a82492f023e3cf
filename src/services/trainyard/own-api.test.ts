import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { TestClock } from '../../clock/test-clock.ts';
import { TravellingClock } from '../../clock/travelling-clock.ts';
import { EventLog } from '../../events/event-log.ts';
import { liveThrough, STATUSES } from '../../events/testing/told-jobs.fixture.ts';
import { Faults } from '../../faults/faults.ts';
import { ServiceError } from '../../model/errors.ts';
import { Database } from '../../store/database.ts';
import { insertJob } from '../../store/jobs/insert-job.ts';
import { MessageStream, type OwnCall } from '../own-service.ts';
import { trainingJobArn } from '../sagemaker/context.ts';
import { createOwnApi } from './own-api.ts';

const ACCOUNT = { account: '123456789012', region: 'eu-west-1' };

function setUp(t: TestContext, { travels = false } = {}) {
  const database = new Database(':memory:');
  const clock = new TestClock(0);
  const log = (line: string) => assert.fail(line);
  const events = new EventLog({ database, clock, retention: 1000, log });
  t.after(() => {
    events.close();
    database.close();
  });
  let offset = 0;
  const write = (ms: number) => {
    offset = ms;
  };
  const api = createOwnApi({
    ...{ ...ACCOUNT, database, events },
    faults: new Faults({ database, clock, log }),
    clock: travels
      ? { kind: 'test', clock: new TravellingClock({ read: () => offset, write }) }
      : { kind: 'system', clock },
  });
  const call = async (operation: string, request: Partial<OwnCall> = {}) => {
    const [method, path] = operation.split(' ');
    const run = api.get(`${method} /_trainyard/${path}`);
    assert.ok(run, operation);
    const context = { requestId: '1', accessKeyId: 'AKID', callerArn: 'arn', ...ACCOUNT };
    return run({
      ...{ body: undefined, query: new URLSearchParams(), lastEventId: undefined, context },
      signal: new AbortController().signal,
      ...request,
    });
  };
  const create = (name: string, spot = false) =>
    insertJob(
      database,
      {
        kind: 'JobCreated',
        name,
        arn: trainingJobArn(ACCOUNT, name),
        request: {
          TrainingJobName: name,
          RoleArn: 'role',
          OutputDataConfig: { S3OutputPath: 's3://b/o' },
          ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2 },
          EnableManagedSpotTraining: spot,
        },
      },
      0,
    );
  return { database, call, create };
}

async function first(stream: unknown, count: number) {
  assert.ok(stream instanceof MessageStream);
  const taken: { id: number; data?: string }[] = [];
  for await (const message of stream.messages) {
    taken.push(message);
    if (taken.length === count) break;
  }
  return taken;
}

const refusedWith = (pattern: RegExp) => (error: unknown) =>
  error instanceof ServiceError && pattern.test(error.message);

test('the stream tells where it starts, and goes on from the last event that a client knows of', async (t) => {
  const { database, call } = setUp(t);
  liveThrough(database, 'one');
  const from = async (request: Partial<OwnCall>, count: number) =>
    (await first(await call('GET events', request), count)).map(({ id }) => id);
  const query = (text: string) => ({ query: new URLSearchParams(text) });
  assert.deepEqual(await from({}, 1), [STATUSES.length]);
  assert.deepEqual(await from(query('after=0'), 3), [0, 1, 2]);
  assert.deepEqual(await from({ ...query('after=0'), lastEventId: '2' }, 3), [2, 3, 4]);
  assert.deepEqual(await from(query('since=1970-01-01T00:00:00Z'), 2), [0, 1]);
  assert.deepEqual(await from(query('after=999'), 1), [STATUSES.length]);
  assert.deepEqual(await from(query('after=0&X-Amz-Signature=0'), 1), [0]);
  for (const bad of ['after=-1', 'since=soon', 'jop=a']) {
    await assert.rejects(call('GET events', query(bad)), ServiceError, bad);
  }
});

test('a fault that can not happen to the job is refused, with the reason', async (t) => {
  const { call, create, database } = setUp(t);
  create('firm');
  liveThrough(database, 'over');
  const post = (body: unknown) => call('POST faults', { body });
  await assert.rejects(post({ kind: 'interrupt', job: 'Firm' }), refusedWith(/EnableManagedSpotTraining/));
  await assert.rejects(
    post({ kind: 'lose-host', job: 'firm', host: 'algo-3' }),
    refusedWith(/algo-1, algo-2/),
  );
  await assert.rejects(post({ kind: 'fail-infra-check', job: 'firm' }), refusedWith(/InfraCheckConfig/));
  await assert.rejects(post({ kind: 'no-capacity', job: 'over' }), refusedWith(/has ended/));
  await assert.rejects(post({ kind: 'flood', job: 'firm' }), refusedWith(/kind/));
  await assert.rejects(post(undefined), ServiceError);
  await post({ kind: 'lose-host', job: 'firm', host: 'algo-2' });
});

test('faults are shown and cleared', async (t) => {
  const { call, create } = setUp(t);
  create('spot', true);
  await call('POST faults', { body: { kind: 'interrupt', job: 'spot' } });
  await call('POST faults', { body: { kind: 'no-capacity', all: true, forSeconds: 60 } });
  await assert.rejects(call('DELETE faults', { body: {} }), ServiceError);
  assert.deepEqual(await call('DELETE faults', { body: { ids: [1, 7] } }), {
    cleared: [1],
    unknown: [7],
  });
  assert.deepEqual(await call('GET faults'), {
    faults: [
      {
        id: 2,
        fault: { kind: 'no-capacity', all: true, forSeconds: 60 },
        state: 'active',
        createdAt: '1970-01-01T00:00:00.000Z',
        strikes: [],
      },
      {
        id: 1,
        fault: { kind: 'interrupt', job: 'spot', times: 1, afterSeconds: 0 },
        state: 'over',
        createdAt: '1970-01-01T00:00:00.000Z',
        overAt: '1970-01-01T00:00:00.000Z',
        outcome: 'cleared',
        strikes: [],
      },
    ],
  });
  assert.deepEqual(await call('DELETE faults', { body: { all: true } }), { cleared: [2], unknown: [] });
  assert.deepEqual(await call('DELETE faults', { body: { ids: [2, 2, 8, 8] } }), {
    cleared: [],
    unknown: [8],
  });
});

test('only a test clock is advanced, and only forwards', async (t) => {
  const advance = { body: { advanceSeconds: 3600 } };
  await assert.rejects(setUp(t).call('POST clock', advance), refusedWith(/--test-clock/));
  const { call } = setUp(t, { travels: true });
  const before = (await call('GET clock')) as { kind: string; now: string };
  const after = (await call('POST clock', advance)) as { kind: string; now: string };
  assert.equal(after.kind, 'test');
  assert.ok(Date.parse(after.now) >= Date.parse(before.now) + 3_600_000);
  for (const bad of [-1, 0, '1h', Infinity, 1e12]) {
    await assert.rejects(call('POST clock', { body: { advanceSeconds: bad } }), ServiceError, String(bad));
  }
});
