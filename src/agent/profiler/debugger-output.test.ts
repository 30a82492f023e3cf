import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../clock/system-clock.ts';
import type { CreateTrainingJobRequest } from '../../model/types.generated.ts';
import { createInstanceAgent } from '../create-instance-agent.ts';
import { instanceFolder } from '../instance-folder.ts';
import { never, planOf, testPlace } from '../testing/test-instance.fixture.ts';
import { SYSTEM_METRICS } from './system-metrics-folder.ts';

const INTERVAL = 100;

async function place(t: TestContext, request: Partial<CreateTrainingJobRequest>) {
  const here = await testPlace(t);
  here.storage.put('out', 'there', '');
  const plan = planOf(request);
  const agent = createInstanceAgent(plan, { ...here.environment, clock: systemClock });
  t.after(() => agent.release());
  await agent.prepare(never());
  const config = async (name: string) =>
    JSON.parse(await readFile(here.ml(plan, 'input', 'config', name), 'utf8'));
  return { ...here, plan, agent, config };
}

test('what the hook writes goes to S3, with the files of its contract (training contract §9.1, §9.2)', async (t) => {
  const here = await place(t, {
    DebugHookConfig: {
      S3OutputPath: 's3://out/debug/',
      HookParameters: { save_interval: '5' },
      CollectionConfigurations: [{ CollectionName: 'losses' }],
    },
  });
  const expanded = {
    S3OutputPath: 's3://out/debug/Toy-1/debug-output',
    LocalPath: '/opt/ml/output/tensors',
    HookParameters: { save_interval: '5' },
    CollectionConfigurations: [{ CollectionName: 'losses' }],
  };
  assert.deepEqual(await here.config('debughookconfig.json'), expanded);
  assert.equal((await here.config('trainingjobconfig.json')).DebugHookConfig.S3OutputPath, 's3://out/debug/');
  here.runtime.script = async ({ algorithm }) => {
    const index = join(algorithm.mlRoot, 'output', 'tensors', 'index', '000000000');
    await mkdir(index, { recursive: true });
    await writeFile(join(index, '000000000000_worker_0.json'), '{}');
    return 0;
  };
  await here.agent.train();
  await here.agent.upload(never());
  assert.deepEqual(
    here.storage.keys('out').filter((key) => key.startsWith('debug/')),
    [
      'debug/Toy-1/debug-output/index/000000000/000000000000_worker_0.json',
      'debug/Toy-1/debug-output/training_job_end.ts',
    ],
  );
});

test('a ProfilerConfig has the system sampled, and what the algorithm traces taken out (training contract §9.4)', async (t) => {
  const here = await place(t, {
    ProfilerConfig: {
      S3OutputPath: 's3://out/profile',
      ProfilingIntervalInMilliseconds: INTERVAL,
      ProfilingParameters: { FileOpenFailThreshold: '50' },
    },
  });
  assert.deepEqual(await here.config('profilerconfig.json'), {
    S3OutputPath: 's3://out/profile/Toy-1/profiler-output',
    ProfilingIntervalInMilliseconds: INTERVAL,
    ProfilingParameters: { FileOpenFailThreshold: '50', LocalPath: '/opt/ml/output/profiler' },
    DisableProfiler: false,
  });
  const draft = join(
    instanceFolder(here.folder, here.plan).state,
    SYSTEM_METRICS,
    'current.json.sagemaker-ignore',
  );
  here.runtime.script = async ({ algorithm }) => {
    const traces = join(algorithm.mlRoot, 'output', 'profiler', 'framework', 'pevents');
    await mkdir(traces, { recursive: true });
    await writeFile(join(traces, '1_1-algo-1_pythontimeline.json'), '[]');
    while (!existsSync(draft)) await wait(10);
    return 0;
  };
  await here.agent.train();
  await here.agent.upload(never());
  const keys = here.storage.keys('out').filter((key) => key.startsWith('profile/'));
  const [metrics = ''] = keys.filter((key) => key.includes('/incremental/'));
  const root = 'profile/Toy-1/profiler-output';
  assert.match(metrics, new RegExp(`^${root}/system/incremental/\\d{10}/\\d{10}\\.algo-1\\.json$`));
  assert.deepEqual(
    keys.filter((key) => !key.includes('/incremental/')),
    [
      `${root}/framework/pevents/1_1-algo-1_pythontimeline.json`,
      `${root}/framework/training_job_end.ts`,
      `${root}/system/training_job_end.ts`,
    ],
  );
  const lines = here.storage
    .get('out', metrics)
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(lines.some(({ Type, Dimension }) => Type === 'cpu' && Dimension === 'CPUUtilization'));
  const [memory] = lines.filter(({ Name }) => Name === 'MemoryUsedPercent');
  assert.ok(memory.Value > 0 && memory.Value <= 100, JSON.stringify(memory));
});

test('a profiler that is disabled takes nothing', async (t) => {
  const here = await place(t, { ProfilerConfig: { DisableProfiler: true } });
  assert.deepEqual(await here.config('profilerconfig.json'), { DisableProfiler: true });
  await here.agent.train();
  await here.agent.upload(never());
  assert.deepEqual(here.storage.keys('out'), ['there']);
});
