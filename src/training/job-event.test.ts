import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fact } from './facts.ts';
import { apply, type Job } from './job.ts';
import { changesStatus, statusEvent } from './job-event.ts';

const ARN = 'arn:aws:sagemaker:eu-west-1:123456789012:training-job/a-job';
const created: Fact = {
  kind: 'JobCreated',
  name: 'A-job',
  arn: ARN,
  request: {
    TrainingJobName: 'A-job',
    RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
    OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
    HyperParameters: { StartTime: '5' },
  },
};

const live = (...facts: Fact[]): Job[] => {
  const jobs: Job[] = [];
  for (const [index, fact] of [created, ...facts].entries())
    jobs.push(apply(jobs.at(-1), fact, 1_583_831_889_050 + index));
  return jobs;
};

const about = { id: 'an-id', at: 1_583_831_889_050, tags: [{ Key: 'k', Value: 'v' }], metrics: [] };

test('an event has the shape of EventBridge, with times in milliseconds (training contract §12)', () => {
  const job = live({ kind: 'JobFailed', reason: 'AlgorithmError: , exit code: 1' }).at(-1);
  assert.ok(job);
  const { detail, ...envelope } = statusEvent(job, {
    ...about,
    metrics: [{ MetricName: 'loss', Value: 1, Timestamp: 1_583_831_889 }],
  });
  assert.deepEqual(envelope, {
    version: '0',
    id: 'an-id',
    'detail-type': 'SageMaker Training Job State Change',
    source: 'aws.sagemaker',
    account: '123456789012',
    time: '2020-03-10T09:18:09Z',
    region: 'eu-west-1',
    resources: [ARN],
  });
  assert.equal(detail.TrainingJobName, 'A-job');
  assert.equal(detail.TrainingJobStatus, 'Failed');
  assert.equal(detail.FailureReason, 'AlgorithmError: , exit code: 1');
  assert.equal(detail.CreationTime, 1_583_831_889_050);
  assert.equal(detail.LastModifiedTime, 1_583_831_889_051);
  assert.deepEqual(detail.HyperParameters, { StartTime: '5' });
  assert.deepEqual(detail.Tags, { k: 'v' });
  assert.deepEqual(detail.FinalMetricDataList, [
    { MetricName: 'loss', Value: 1, Timestamp: 1_583_831_889_000 },
  ]);
  const [starting, failed] = detail.SecondaryStatusTransitions as { StartTime: number; EndTime: number }[];
  assert.deepEqual([starting?.StartTime, starting?.EndTime], [1_583_831_889_050, 1_583_831_889_051]);
  assert.equal(failed?.EndTime, 1_583_831_889_051);
});

test('each change of the primary or secondary status is one, and nothing else is', () => {
  const jobs = live(
    { kind: 'InstancesAssigned', attempt: 1, instances: [] },
    { kind: 'DownloadStarted' },
    { kind: 'TrainingStarted' },
    { kind: 'AlgorithmEnded', host: 'algo-1', ending: { exitCode: 0 } },
    { kind: 'UploadStarted' },
    { kind: 'LateStopRequested', cause: 'Stopped' },
    { kind: 'ArtifactsStored' },
    { kind: 'JobStopped' },
  );
  const changes = jobs.map((job, index) => changesStatus(jobs[index - 1], job));
  assert.deepEqual(changes, [true, false, true, true, false, true, true, false, true]);
});
