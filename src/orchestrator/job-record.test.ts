import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { TestClock } from '../clock/test-clock.ts';
import { Database } from '../store/database.ts';
import { StaleWriter } from '../store/jobs/append-fact.ts';
import { insertJob } from '../store/jobs/insert-job.ts';
import { jobFacts } from '../store/jobs/job-facts.ts';
import type { Fact } from '../training/facts.ts';
import { IllegalTransition } from '../training/job.ts';
import { JobRecord } from './job-record.ts';

const assigned = { kind: 'InstancesAssigned', attempt: 1, instances: [] } as const;

function createdJob(t: TestContext) {
  const database = new Database(':memory:');
  t.after(() => database.close());
  const request = { TrainingJobName: 'a', RoleArn: 'role', OutputDataConfig: { S3OutputPath: 's3://b/o' } };
  const stored = insertJob(database, { kind: 'JobCreated', name: 'a', arn: 'arn:a', request }, 1);
  assert.ok(stored);
  return { database, stored };
}

test('facts of one step are stored together or not at all', (t) => {
  const { database, stored } = createdJob(t);
  const record = new JobRecord(stored, database, new TestClock(5));
  const other = new JobRecord(stored, database, new TestClock(5));
  const kinds = () => jobFacts(database, record.id).map(({ fact }) => fact.kind);

  assert.throws(() => record.add(assigned, { kind: 'JobCompleted' }), IllegalTransition);
  assert.deepEqual(
    [kinds(), record.job.secondaryStatus, record.job.attempt],
    [['JobCreated'], 'Starting', 0],
  );

  record.add(assigned, { kind: 'DownloadStarted' });
  assert.deepEqual(kinds(), ['JobCreated', 'InstancesAssigned', 'DownloadStarted']);
  assert.equal(record.job.secondaryStatus, 'Downloading');

  assert.throws(() => other.add(assigned, { kind: 'DownloadStarted' }), StaleWriter);
  record.close();
  assert.throws(() => record.add({ kind: 'TrainingStarted' }), StaleWriter);
  assert.equal(kinds().length, 3);
});

test('progress waits for no disk, but requests and ends do', (t) => {
  const { database, stored } = createdJob(t);
  const record = new JobRecord(stored, database, new TestClock(5));
  const unhurried = t.mock.method(database, 'unhurried').mock;
  const isUnhurried = (...facts: Fact[]) => {
    unhurried.resetCalls();
    record.add(...facts);
    return unhurried.callCount() === 1;
  };
  assert.equal(isUnhurried(assigned, { kind: 'DownloadStarted' }), true);
  assert.equal(isUnhurried({ kind: 'TrainingStarted' }), true);
  assert.equal(isUnhurried({ kind: 'StopRequested', cause: 'Stopped' }), false);
  const ending = { exitCode: 0 } as const;
  assert.equal(
    isUnhurried({ kind: 'AlgorithmEnded', host: 'algo-1', ending }, { kind: 'UploadStarted' }),
    true,
  );
  assert.equal(isUnhurried({ kind: 'ArtifactsStored' }, { kind: 'JobStopped' }), false);
});
