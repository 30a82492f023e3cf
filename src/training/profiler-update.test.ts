import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CreateTrainingJobRequest,
  ProfilerConfig,
  ProfilerConfigForUpdate,
} from '../model/types.generated.ts';
import { brokenProfilerUpdate, updatedProfiler } from './profiler-update.ts';

const PLACE = 's3://bucket/profile';
const on = { S3OutputPath: PLACE, ProfilingIntervalInMilliseconds: 1000, DisableProfiler: false };

const job = (profiler?: ProfilerConfig): CreateTrainingJobRequest => ({
  TrainingJobName: 'job',
  RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
  OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
  CheckpointConfig: { S3Uri: 's3://bucket/checkpoints', LocalPath: '/opt/ml/kept' },
  ...(profiler && { ProfilerConfig: profiler }),
});

/** What the SageMaker SDK's own tests (tests/integ/test_profiler.py) see of the service. */
test('what is given takes the place of what there was, member by member', () => {
  const parameters = { LocalPath: '/opt/ml/output/profiler', FileOpenFailThreshold: '50' };
  const traced = { ...on, ProfilingParameters: parameters };
  const faster = { DisableProfiler: false, ProfilingIntervalInMilliseconds: 500 };
  assert.deepEqual(updatedProfiler(traced, faster), { ...traced, ProfilingIntervalInMilliseconds: 500 });
  assert.deepEqual(updatedProfiler(traced, { DisableProfiler: false, ProfilingParameters: {} }), {
    ...on,
    ProfilingParameters: {},
  });
  assert.deepEqual(updatedProfiler({ DisableProfiler: true }, { S3OutputPath: PLACE }), {
    S3OutputPath: PLACE,
    ProfilingIntervalInMilliseconds: 500,
    DisableProfiler: false,
  });
  assert.deepEqual(updatedProfiler(on, {}), on);
});

test('a profiler that is switched off keeps its place, and can be switched on again', () => {
  const off = updatedProfiler(on, { DisableProfiler: true });
  assert.deepEqual(off, { ...on, DisableProfiler: true });
  assert.deepEqual(updatedProfiler(off, { DisableProfiler: false }), on);
  assert.equal(brokenProfilerUpdate(job(off), { DisableProfiler: false }), undefined);
  assert.equal(brokenProfilerUpdate(job(off), { S3OutputPath: `${PLACE}/` }), undefined, 'the same place');
});

test('what can not be changed while the algorithm runs is refused by its name', () => {
  const inside = { ...on, ProfilingParameters: { LocalPath: '/opt/ml/traces', A: '1' } };
  const cases: [ProfilerConfig | undefined, ProfilerConfigForUpdate, RegExp][] = [
    [undefined, { ProfilingIntervalInMilliseconds: 500 }, /^ProfilerConfig\.S3OutputPath must be specified/],
    [undefined, {}, /^ProfilerConfig\.S3OutputPath must be specified/],
    [on, { ProfilingIntervalInMilliseconds: 300 }, /^Invalid ProfilerConfig\.ProfilingInterval/],
    [
      on,
      { S3OutputPath: 's3://bucket/other' },
      /^ProfilerConfig\.S3OutputPath can't be changed .* s3:\/\/bucket\/profile$/,
    ],
    [
      { ...on, DisableProfiler: true },
      { S3OutputPath: 's3://bucket/other' },
      /^ProfilerConfig\.S3OutputPath can't/,
    ],
    [
      on,
      { DisableProfiler: true, S3OutputPath: PLACE },
      /^ProfilerConfig is not allowed to have fields when disabled\.$/,
    ],
    [
      on,
      { ProfilingParameters: { LocalPath: '/opt/ml/traces' } },
      /LocalPath can't be changed .*: it is \/opt\/ml\/output\/profiler$/,
    ],
    [inside, { ProfilingParameters: { A: '2' } }, /LocalPath can't be changed .*: it is \/opt\/ml\/traces$/],
    [
      undefined,
      { S3OutputPath: PLACE, ProfilingParameters: { LocalPath: '/traces' } },
      /'\/traces' .* must be in \/opt\/ml$/,
    ],
    [
      undefined,
      { S3OutputPath: PLACE, ProfilingParameters: { LocalPath: '/opt/ml/kept/it' } },
      /must not overlap$/,
    ],
  ];
  for (const [before, update, complaint] of cases)
    assert.match(brokenProfilerUpdate(job(before), update) ?? '', complaint);
  const allowed: [ProfilerConfig | undefined, ProfilerConfigForUpdate][] = [
    [undefined, { S3OutputPath: PLACE, ProfilingParameters: { LocalPath: '/opt/ml/traces' } }],
    [inside, { ProfilingParameters: { LocalPath: '/opt/ml/traces/' } }],
    [inside, { DisableProfiler: true }],
    [undefined, { DisableProfiler: true }],
  ];
  for (const [before, update] of allowed) assert.equal(brokenProfilerUpdate(job(before), update), undefined);
});
