import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateTrainingJobRequest, ProfilerConfig } from '../model/types.generated.ts';
import { brokenProfilerConfig, isProfiled, profilingInterval } from './profiling.ts';

const request = (ProfilerConfig?: ProfilerConfig): CreateTrainingJobRequest => ({
  TrainingJobName: 'job',
  RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
  OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
  ...(ProfilerConfig && { ProfilerConfig }),
});

test('a job is profiled when it asks for it, every half second unless it says so', () => {
  assert.equal(isProfiled(request()), false);
  assert.equal(isProfiled(request({ DisableProfiler: true, S3OutputPath: 's3://b/p' })), false);
  const sdk2 = request({ DisableProfiler: false, S3OutputPath: 's3://b/p' });
  assert.equal(isProfiled(sdk2), true);
  assert.equal(profilingInterval(sdk2), 500);
  assert.equal(brokenProfilerConfig(sdk2), undefined);
});

test('a profiler needs a place for its files, and an interval that the service has', () => {
  assert.match(brokenProfilerConfig(request({})) ?? '', /^ProfilerConfig\.S3OutputPath must be specified/);
  const odd = request({ S3OutputPath: 's3://b/p', ProfilingIntervalInMilliseconds: 300 });
  assert.match(
    brokenProfilerConfig(odd) ?? '',
    /^Invalid ProfilerConfig\.ProfilingIntervalInMilliseconds 300/,
  );
  assert.equal(brokenProfilerConfig(request({ DisableProfiler: true })), undefined);
});
