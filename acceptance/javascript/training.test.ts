import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe as group, test } from 'node:test';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { DescribeTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker';
import { evaluate, openModel } from '../../examples/demo/model.ts';
import { includes, load } from './cases.ts';
import {
  artifact,
  create,
  describe,
  LOG_GROUP,
  logLines,
  logStream,
  logs,
  uploadExample,
  waitForEnd,
} from './jobs.ts';

const EPOCHS = 5;

group('a job on real data', () => {
  let data: string;
  let job: string;
  let description: DescribeTrainingJobCommandOutput;

  before(async () => {
    data = await uploadExample();
    // Upper case, for the ARN has the name in lower case (training contract §0).
    job = await create('training', 'Training', {}, data);
    await waitForEnd(job);
    description = await describe(job);
  });

  test('Describe tells every fact', () => {
    const { included, absent } = load('described', { job, data });
    included.TrainingJobArn = String(included.TrainingJobArn).toLowerCase();
    for (const [member, value] of Object.entries(included)) {
      const actual = Reflect.get(description, member);
      assert.ok(includes(actual, value), `${member}: ${JSON.stringify(actual)}`);
    }
    for (const member of absent) assert.equal(Reflect.get(description, member), undefined, member);
  });

  test('statuses follow each other without a gap', () => {
    const transitions = description.SecondaryStatusTransitions ?? [];
    // Pending is passed through where the machine is busy.
    const visited = transitions.filter(({ Status }) => Status !== 'Pending');
    assert.ok(includes(visited, load('described').statuses), JSON.stringify(visited));
    for (const [i, transition] of transitions.entries()) {
      assert.deepEqual(transition.EndTime, transitions[i + 1]?.StartTime ?? transition.StartTime);
    }
  });

  test('times and billing agree', () => {
    const { CreationTime, TrainingStartTime, TrainingEndTime, LastModifiedTime } = description;
    const times = [CreationTime, TrainingStartTime, TrainingEndTime, LastModifiedTime].map(Number);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    const measured = (Number(TrainingEndTime) - Number(TrainingStartTime)) / 1000;
    assert.ok(Math.abs((description.TrainingTimeInSeconds ?? Number.NaN) - measured) <= 1);
    assert.equal(description.BillableTimeInSeconds, description.TrainingTimeInSeconds);
  });

  test('the log is complete and in order', async () => {
    assert.match((await logStream(job)) ?? '', new RegExp(`^${job}/algo-1-\\d{10}$`));
    const [first, ...lines] = await logLines(job);
    assert.equal(first, 'rows: train=285 validation=142 features=30');
    const epochs = lines.map((line) => Number(/^epoch=(\d+) /.exec(line)?.[1]));
    assert.deepEqual(
      epochs,
      [...Array(EPOCHS).keys()].map((i) => i + 1),
    );
  });

  test('the log is found by filtering', async () => {
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: LOG_GROUP, logStreamNamePrefix: `${job}/` }),
    );
    assert.deepEqual(
      events.map((event) => event.message),
      await logLines(job),
    );
  });

  test('final metrics are the last printed', async () => {
    const printed = /train_loss=(\S+) validation_accuracy=(\S+)/.exec((await logLines(job)).at(-1) ?? '');
    const metrics = (description.FinalMetricDataList ?? []).map(({ MetricName, Value }) => [
      MetricName,
      Value?.toFixed(4),
    ]);
    assert.deepEqual(metrics.sort(), [
      ['train:loss', printed?.[1]],
      ['validation:accuracy', printed?.[2]],
    ]);
  });

  test('the model is better than guessing', async () => {
    const model = await openModel(await artifact(job, 'model.tar.gz'));
    const heldOut = new URL('../../examples/breast-cancer/data/test/test.csv', import.meta.url);
    const { right, baseline } = evaluate(model, await readFile(heldOut, 'utf8'));
    assert.ok(right > baseline, `${right} right, ${baseline} by guessing`);
  });
});
