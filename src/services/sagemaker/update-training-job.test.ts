import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitedTo } from '../access/permissions.ts';
import { isError, request, startService } from './sagemaker-service.fixture.ts';

const PLACE = 's3://bucket/profile';
const rule = { RuleConfigurationName: 'report', RuleEvaluatorImage: 'image' };

test('the profiler of a training job is switched on, changed and switched off, and Describe says so', async (context) => {
  const service = startService(context, { prepareFor: 1000, trainFor: 30_000 });
  const profiler = (ProfilerConfig: object, more: object = {}) =>
    service.call('UpdateTrainingJob', { TrainingJobName: 'my-job', ProfilerConfig, ...more });
  const described = async () => {
    const { ProfilerConfig, ProfilingStatus, LastModifiedTime } = await service.describe();
    return { ProfilerConfig, ProfilingStatus, LastModifiedTime };
  };
  await service.call('CreateTrainingJob', { ...request, ProfilerConfig: { DisableProfiler: true } });
  await assert.rejects(
    profiler({ S3OutputPath: PLACE }),
    isError(
      'ValidationException',
      /^ProfilerConfig can only .* is Training: it is (Starting|Downloading)\.$/,
    ),
  );
  await service.clock.advance(2000);
  const { LastModifiedTime: atStart, ...untouched } = await described();
  assert.deepEqual(untouched, { ProfilerConfig: { DisableProfiler: true }, ProfilingStatus: 'Disabled' });
  // As the SDK's enable_default_profiling sends it.
  await profiler({ S3OutputPath: PLACE, DisableProfiler: false }, { ProfilerRuleConfigurations: [] });
  const on = { S3OutputPath: PLACE, ProfilingIntervalInMilliseconds: 500, DisableProfiler: false };
  const enabled = await described();
  assert.deepEqual(enabled, {
    ProfilerConfig: on,
    ProfilingStatus: 'Enabled',
    LastModifiedTime: service.clock.now() / 1000,
  });
  assert.ok(Number(enabled.LastModifiedTime) > Number(atStart));
  await profiler({ ProfilingIntervalInMilliseconds: 100 });
  const faster = { ...on, ProfilingIntervalInMilliseconds: 100 };
  assert.deepEqual((await described()).ProfilerConfig, faster);
  await profiler({ DisableProfiler: true });
  assert.deepEqual((await described()).ProfilerConfig, { ...faster, DisableProfiler: true });
  assert.equal((await described()).ProfilingStatus, 'Disabled');
  await service.clock.advance(60_000);
  await assert.rejects(
    profiler({ DisableProfiler: false }),
    isError('ValidationException', /it is Completed\.$/),
  );
});

test('an update is refused as a whole, and changes nothing then', async (context) => {
  const permissions = limitedTo({ read: ['s3://bucket/'], write: ['s3://bucket/out/', `${PLACE}/`] });
  const service = startService(context, { trainFor: 30_000 }, undefined, { permissions });
  await service.call('CreateTrainingJob', request);
  await service.clock.advance(1000);
  const good = { ProfilerConfig: { S3OutputPath: PLACE }, RemoteDebugConfig: { EnableRemoteDebug: true } };
  const bad: [object, RegExp][] = [
    [
      { ProfilerRuleConfigurations: [rule] },
      /^ProfilerRuleConfigurations can't be honoured .* not evaluated\.$/,
    ],
    [{ ResourceConfig: { KeepAlivePeriodInSeconds: 60 } }, /^ResourceConfig can only be updated/],
    [
      { ProfilerConfig: { S3OutputPath: 's3://bucket/else' } },
      /^ProfilerConfig\.S3OutputPath is not a place that role/,
    ],
    [
      { ProfilerConfig: { S3OutputPath: 's3://nowhere/else' } },
      /^ProfilerConfig\.S3OutputPath names a bucket that/,
    ],
    [
      { ProfilerConfig: { ...good.ProfilerConfig, ProfilingIntervalInMilliseconds: 7 } },
      /it must be one of 100, 200/,
    ],
    [
      { ProfilerConfig: { ProfilingIntervalInMilliseconds: 100 } },
      /^ProfilerConfig\.S3OutputPath must be specified/,
    ],
  ];
  for (const [members, complaint] of bad) {
    await assert.rejects(
      service.call('UpdateTrainingJob', { TrainingJobName: 'my-job', ...good, ...members }),
      isError('ValidationException', complaint),
    );
    const job = await service.describe();
    assert.deepEqual([job.RemoteDebugConfig, job.ProfilerConfig], [undefined, undefined], `${complaint}`);
  }
  await service.call('UpdateTrainingJob', { TrainingJobName: 'my-job', ...good });
  const job = await service.describe();
  assert.deepEqual([job.RemoteDebugConfig, job.ProfilingStatus], [{ EnableRemoteDebug: true }, 'Enabled']);
});

test('updates that come at once are all of them honoured', async (context) => {
  const service = startService(context, { trainFor: 30_000 });
  await service.call('CreateTrainingJob', request);
  await service.clock.advance(1000);
  const updates = [
    { S3OutputPath: PLACE },
    { S3OutputPath: PLACE, ProfilingIntervalInMilliseconds: 200 },
    { S3OutputPath: PLACE, ProfilingParameters: { A: '1' } },
  ];
  await Promise.all(
    updates.map((ProfilerConfig) =>
      service.call('UpdateTrainingJob', { TrainingJobName: 'my-job', ProfilerConfig }),
    ),
  );
  assert.deepEqual((await service.describe()).ProfilerConfig, {
    S3OutputPath: PLACE,
    ProfilingIntervalInMilliseconds: 200,
    ProfilingParameters: { A: '1' },
    DisableProfiler: false,
  });
});
