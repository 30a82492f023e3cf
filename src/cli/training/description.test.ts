import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeTrainingJobResponse } from '../../model/types.generated.ts';
import { RUN_ENTRYPOINT } from '../running/run-entrypoint.ts';
import { plain } from '../screen/style.ts';
import { description } from './description.ts';
import { CREATED, failedJob } from './job.fixture.ts';
import { jobTable } from './job-table.ts';

const file = { width: undefined, style: plain };

test('why a job failed comes first, whole', () => {
  const lines = description({ ...failedJob, FailureReason: `A: ${'word '.repeat(50)}end` }, CREATED + 120, {
    ...file,
    width: 40,
  });
  assert.equal(lines[0], 'broken  Failed');
  const reason = lines.slice(1, lines.indexOf(''));
  assert.equal(reason.join(' '), `A: ${'word '.repeat(50)}end`);
  assert.ok(reason.every((line) => line.length <= 40));
});

test('a description has the statuses with their times, metrics, channels and artifacts', () => {
  const text = description(failedJob, CREATED + 120, file).join('\n');
  for (const expected of [
    'created     ',
    '2m ago',
    'instances   2 × ml.m5.large',
    "command     sh -c 'echo '\\''hi'\\'''",
    'billable    64 seconds (1m04s)',
    '  +0.0s  Starting   2.5s  Starting',
    '  +2.5s  Training  1m02s  In progress.',
    '+1m04s  Failed     0.0s  Training job failed',
    '  loss      0.031235   1m',
    '  train       s3://bucket/data/ (Pipe)',
    '  model       s3://bucket/broken/output/model.tar.gz',
  ])
    assert.ok(text.includes(expected), `${expected}\n---\n${text}`);
});

test('the command of a run is what was run', () => {
  const algorithm = { ...failedJob.AlgorithmSpecification, ContainerEntrypoint: RUN_ENTRYPOINT };
  const job = {
    ...failedJob,
    AlgorithmSpecification: { ...algorithm, ContainerArguments: ['python3', 'a b.py'] },
  };
  const lines = description(job as DescribeTrainingJobResponse, CREATED, file);
  assert.ok(lines.includes("command     python3 'a b.py'  (in the code's folder)"), lines.join('\n'));
});

test('the present status lasts until now', () => {
  const job = { ...failedJob, TrainingJobStatus: 'InProgress', SecondaryStatus: 'Training' } as const;
  const transitions = [{ Status: 'Training', StartTime: CREATED, StatusMessage: 'x' } as const];
  const text = description({ ...job, SecondaryStatusTransitions: transitions }, CREATED + 70, file).join(
    '\n',
  );
  assert.match(text, /Training +1m10s {2}x/);
  assert.match(text, /broken {2}InProgress \/ Training/);
});

test('the list has what Describe says, and the list alone where the job is gone', () => {
  const lines = jobTable(
    [
      { summary: failedJob, job: failedJob },
      {
        summary: {
          ...failedJob,
          TrainingJobName: 'on',
          TrainingJobStatus: 'InProgress',
          SecondaryStatus: 'Training',
        },
        job: undefined,
      },
    ],
    CREATED + 3600,
    file,
  );
  assert.deepEqual(lines, [
    'NAME    STATUS    DURATION  INSTANCE         AGE  METRIC',
    'broken  Failed       1m04s  2 × ml.m5.large   1h  loss 0.031235',
    'on      Training     1h00m                    1h',
  ]);
});
