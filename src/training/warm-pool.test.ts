import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateTrainingJobRequest } from '../model/types.generated.ts';
import { describeWarmPool, endOfPool, keepsInstances, matches } from './warm-pool.ts';

const request: CreateTrainingJobRequest = {
  TrainingJobName: 'first',
  RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
  AlgorithmSpecification: { TrainingImage: 'image:1', TrainingInputMode: 'File' },
  OutputDataConfig: { S3OutputPath: 's3://b/o' },
  ResourceConfig: {
    InstanceType: 'ml.m5.large',
    InstanceCount: 2,
    VolumeSizeInGB: 10,
    KeepAlivePeriodInSeconds: 60,
  },
  VpcConfig: { Subnets: ['subnet-1', 'subnet-2'], SecurityGroupIds: ['sg-1'] },
};

const resources = (more: object) => ({ ResourceConfig: { ...request.ResourceConfig, ...more } });

test('a job matches when all that made the instances what they are is the same (training contract §4.6)', () => {
  const same: Partial<CreateTrainingJobRequest>[] = [
    {},
    { TrainingJobName: 'other' },
    { AlgorithmSpecification: { TrainingImage: 'image:2', TrainingInputMode: 'Pipe' } },
    { OutputDataConfig: { S3OutputPath: 's3://elsewhere/o' } },
    { HyperParameters: { a: '1' } },
    { VpcConfig: { Subnets: ['subnet-2', 'subnet-1'], SecurityGroupIds: ['sg-1'] } },
    { EnableNetworkIsolation: false },
    resources({ KeepAlivePeriodInSeconds: undefined }),
  ];
  for (const change of same) assert.ok(matches({ ...request, ...change }, request), JSON.stringify(change));
  const other: Partial<CreateTrainingJobRequest>[] = [
    { RoleArn: 'arn:aws:iam::123456789012:role/other' },
    { EnableNetworkIsolation: true },
    { EnableInterContainerTrafficEncryption: true },
    { EnableManagedSpotTraining: true },
    { VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] } },
    { VpcConfig: { Subnets: ['subnet-1', 'subnet-2'], SecurityGroupIds: ['sg-2'] } },
    { SessionChainingConfig: { EnableSessionTagChaining: true } },
    resources({ InstanceCount: 1 }),
    resources({ InstanceType: 'ml.m5.xlarge' }),
    resources({ VolumeSizeInGB: 11 }),
    resources({ VolumeKmsKeyId: 'key' }),
  ];
  for (const change of other) assert.ok(!matches({ ...request, ...change }, request), JSON.stringify(change));
});

test('instances are kept after an end of the job’s own, not after a fault of our side', () => {
  const job = { request, trainingStartedAt: 1 };
  assert.ok(keepsInstances(job));
  assert.ok(keepsInstances({ ...job, failureReason: 'AlgorithmError: , exit code: 1' }));
  assert.ok(keepsInstances({ ...job, failureReason: 'ClientError: no such object' }));
  assert.ok(!keepsInstances({ ...job, failureReason: 'InternalServerError: the node was lost' }));
  assert.ok(!keepsInstances({ ...job, failureReason: 'CapacityError: Unable' }));
  assert.ok(!keepsInstances({ request }), 'it was stopped before it was launched');
  assert.ok(
    !keepsInstances({ ...job, request: { ...request, ...resources({ KeepAlivePeriodInSeconds: 0 }) } }),
  );
  assert.ok(!keepsInstances({ ...job, warmPool: { status: 'Terminated' } }));
});

test('no pool lives longer than 28 days', () => {
  const day = 86_400_000;
  const pool = { status: 'Available', keepAliveSeconds: 3600, availableAt: 5 * day } as const;
  assert.equal(endOfPool({ ...pool, pool: { first: 1, since: 0 } }), 5 * day + 3_600_000);
  const old = { ...pool, availableAt: 28 * day - 1000, pool: { first: 1, since: 0 } };
  assert.equal(endOfPool(old), 28 * day);
});

test('the time that instances were kept is told when it is over, in whole seconds', () => {
  assert.equal(describeWarmPool(undefined), undefined);
  const pool = { first: 1, since: 0 };
  assert.deepEqual(describeWarmPool({ status: 'Available', pool, availableAt: 0, keepAliveSeconds: 9 }), {
    Status: 'Available',
  });
  assert.deepEqual(describeWarmPool({ status: 'Reused', retainedMs: 1999, reusedBy: 'next' }), {
    Status: 'Reused',
    ResourceRetainedBillableTimeInSeconds: 1,
    ReusedByJob: 'next',
  });
  assert.deepEqual(describeWarmPool({ status: 'Terminated' }), { Status: 'Terminated' });
});
