import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';
import {
  CreateTrainingJobCommand,
  type CreateTrainingJobCommandInput,
  DescribeTrainingJobCommand,
  ListTrainingJobsCommand,
  SageMakerServiceException,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { type BadInputCase, load, request, unique } from './cases.ts';
import { create, sagemaker, uploadExample, waitForEnd } from './jobs.ts';

group('bad input is refused in the words of the service', () => {
  const prefix = unique('bad');
  let data: string;
  let finished: string;

  before(async () => {
    data = await uploadExample();
    finished = await create('minimal', 'finished');
    await waitForEnd(finished);
  });

  for (const [i, { name }] of load('bad-inputs').entries()) {
    test(name, async () => {
      // A name each, so that one that is wrongly accepted does not refuse the others.
      const job = `${prefix}-${i}`;
      const bad = load('bad-inputs', { job, finished })[i];
      assert.ok(bad);
      await assert.rejects(send(bad, job), (error) => {
        assert.ok(error instanceof SageMakerServiceException, String(error));
        assert.equal(error.name, bad.code);
        if (bad.message !== undefined) assert.equal(error.message, bad.message);
        for (const words of bad.mentions ?? []) assert.match(error.message, new RegExp(words, 'i'));
        return true;
      });
    });
  }

  after(async () => {
    const { TrainingJobSummaries } = await sagemaker.send(
      new ListTrainingJobsCommand({ NameContains: prefix }),
    );
    assert.deepEqual(TrainingJobSummaries, [], 'a refused request left a job');
  });

  function send(bad: BadInputCase, job: string): Promise<unknown> {
    // Wrong on purpose, so of no type of the client's.
    const input = bad.set as object as CreateTrainingJobCommandInput;
    switch (bad.operation) {
      case 'CreateTrainingJob':
        return sagemaker.send(
          new CreateTrainingJobCommand(request(bad.request ?? 'minimal', { job, data }, bad)),
        );
      case 'DescribeTrainingJob':
        return sagemaker.send(new DescribeTrainingJobCommand(input));
      case 'StopTrainingJob':
        return sagemaker.send(new StopTrainingJobCommand(input));
      case 'ListTrainingJobs':
        return sagemaker.send(new ListTrainingJobsCommand(bad.set ?? {}));
      default:
        throw new Error(`no command for ${bad.operation}`);
    }
  }
});
