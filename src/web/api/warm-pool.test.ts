import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { appendFact } from '../../store/jobs/append-fact.ts';
import type { Fact, WarmPoolId } from '../../training/facts.ts';
import { pageContext } from '../page.fixture.ts';
import { overview } from './overview.ts';
import { isSettled, shownPool } from './warm-pool.ts';

const INSTANCES = [
  { host: 'algo-1', instanceType: 'ml.m5.large', groupName: 'homogeneousCluster', gpus: [] },
];
const RUN: readonly Fact[] = [
  { kind: 'DownloadStarted' },
  { kind: 'TrainingStarted' },
  { kind: 'AlgorithmEnded', host: 'algo-1', ending: { exitCode: 0 } },
  { kind: 'UploadStarted' },
  { kind: 'ArtifactsStored' },
  { kind: 'JobCompleted' },
];

/** Jobs whose instances are kept for ten minutes. */
function start(t: TestContext) {
  const page = pageContext(t);
  const create = (name: string, pool?: WarmPoolId) => {
    let stored = page.addJob(name, {
      request: {
        ResourceConfig: {
          ...({ InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 } as const),
          KeepAlivePeriodInSeconds: 600,
        },
      },
    });
    assert.ok(stored);
    const { id } = stored;
    const add = (...facts: readonly Fact[]) => {
      for (const fact of facts) {
        assert.ok(stored);
        stored = appendFact(page.database, stored, fact, page.clock.now());
      }
    };
    add({ kind: 'InstancesAssigned', attempt: 1, instances: INSTANCES, ...(pool && { pool }) });
    const job = () => {
      assert.ok(stored);
      return stored.job;
    };
    return { id, add, job, shown: () => shownPool(page.context, job()) };
  };
  return { ...page, create };
}

test('a pool tells how long it still waits, then who took it and what is billed; the taker whose it was', async (t) => {
  const { clock, context, create } = start(t);
  const maker = create('maker');
  assert.equal(maker.shown(), undefined);
  maker.add(...RUN);
  assert.equal(isSettled(maker.job()), false, 'its instances are about to be kept');
  const pool = { first: maker.id, since: clock.now() };
  maker.add({ kind: 'WarmPoolAvailable', pool, keepAliveSeconds: 600 });
  await clock.advance(100_000);
  assert.deepEqual(maker.shown(), { status: 'Available', keepAliveSeconds: 600, endsInMs: 500_000 });
  const holders = { limits: [], waiting: [], holders: [{ order: maker.id, isTakenBack: false }] };
  assert.deepEqual(overview({ ...context, capacity: () => holders }).pools, [
    { job: 'maker', instances: [{ type: 'ml.m5.large', count: 1 }], pool: maker.shown() },
  ]);
  const taker = create('taker', pool);
  maker.add({ kind: 'WarmPoolReused', by: 'taker' });
  assert.deepEqual(maker.shown(), { status: 'Reused', reusedBy: 'taker', retainedSeconds: 100 });
  assert.ok(isSettled(maker.job()));
  assert.deepEqual(taker.shown(), { status: 'InUse', madeFor: 'maker' });
  taker.add(...RUN);
  assert.equal(isSettled(taker.job()), false);
  taker.add({ kind: 'WarmPoolAvailable', pool, keepAliveSeconds: 600 });
  await clock.advance(1000);
  taker.add({ kind: 'WarmPoolTerminated' });
  assert.deepEqual(taker.shown(), { status: 'Terminated', retainedSeconds: 1 });
  assert.ok(isSettled(taker.job()));
});

test('a job that failed by our fault is settled at its end: its instances are not kept', (t) => {
  const { create } = start(t);
  const job = create('lost');
  job.add({ kind: 'DownloadStarted' }, { kind: 'JobFailed', reason: 'InternalServerError: lost' });
  assert.equal(job.shown(), undefined);
  assert.ok(isSettled(job.job()));
});
