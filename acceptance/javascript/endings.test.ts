import assert from 'node:assert/strict';
import { before, describe as group, test } from 'node:test';
import { StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { load } from './cases.ts';
import {
  artifactFiles,
  create,
  describe,
  logLines,
  sagemaker,
  uploadExample,
  waitForEnd,
  waitForLine,
} from './jobs.ts';

group('a job that does not end by itself', () => {
  test('Stop reaches the script and keeps its artifacts', async () => {
    const job = await create('stoppable', 'stop');
    await waitForLine(job, 'waiting');
    await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: job }));
    // Stopped is a success to the waiter.
    await waitForEnd(job);
    await checkStopped(job, 'Stopped');
  });

  test('a time limit ends it the same way', async () => {
    const job = await create('stoppable', 'limit', { set: { 'StoppingCondition.MaxRuntimeInSeconds': 2 } });
    await waitForEnd(job);
    await checkStopped(job, 'MaxRuntimeExceeded');
  });

  async function checkStopped(job: string, secondaryStatus: string): Promise<void> {
    const description = await describe(job);
    assert.equal(description.TrainingJobStatus, 'Stopped');
    assert.equal(description.SecondaryStatus, secondaryStatus);
    const statuses = (description.SecondaryStatusTransitions ?? []).map(({ Status }) => Status);
    assert.deepEqual(statuses.slice(-4), ['Training', 'Stopping', 'Uploading', secondaryStatus]);
    assert.equal(description.FailureReason, undefined);
    assert.deepEqual(await logLines(job), ['waiting', 'caught SIGTERM']);
    assert.deepEqual(await artifactFiles(job, 'model.tar.gz'), { state: 'kept\n' });
    assert.deepEqual(await artifactFiles(job, 'output.tar.gz'), { note: 'kept\n' });
  }
});

group('a job that fails says why', () => {
  let data: string;
  before(async () => {
    data = await uploadExample();
  });

  for (const failure of load('failures')) {
    test(failure.name, async () => {
      const job = await create(failure.request ?? 'minimal', 'fail', failure, data);
      await assert.rejects(waitForEnd(job));
      const { TrainingJobStatus, FailureReason: reason = '' } = await describe(job);
      assert.equal(TrainingJobStatus, 'Failed');
      if (failure.reason) assert.equal(reason, failure.reason);
      assert.ok(reason.startsWith(failure.startsWith ?? ''), reason);
      assert.ok(reason.endsWith(failure.endsWith ?? ''), reason);
      for (const words of failure.mentions ?? []) assert.ok(reason.includes(words), reason);
    });
  }
});
