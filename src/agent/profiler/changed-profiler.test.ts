import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../clock/system-clock.ts';
import type { ProfilerConfig } from '../../model/types.generated.ts';
import { createInstanceAgent } from '../create-instance-agent.ts';
import type { InstanceAgent } from '../instance-agent.ts';
import { instanceFolder } from '../instance-folder.ts';
import { never, planOf, testPlace } from '../testing/test-instance.fixture.ts';
import { SYSTEM_METRICS } from './system-metrics-folder.ts';

const PLACE = 's3://out/profile';
const ROOT = 'profile/Toy-1/profiler-output';
const every = (ProfilingIntervalInMilliseconds: number): ProfilerConfig => ({
  S3OutputPath: PLACE,
  ProfilingIntervalInMilliseconds,
  DisableProfiler: false,
});

async function until(fact: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!fact()) {
    assert.ok(performance.now() < deadline, `it took too long: ${fact}`);
    await wait(10);
  }
}

/** An instance whose algorithm runs until it is let go, and whose agents come one after the other. */
async function runningInstance(t: TestContext, ProfilerConfig?: ProfilerConfig) {
  const here = await testPlace(t);
  here.storage.put('out', 'there', '');
  const plan = planOf(ProfilerConfig ? { ProfilerConfig } : {});
  const { ml, state } = instanceFolder(here.folder, plan);
  const release = Promise.withResolvers<number>();
  const started = Promise.withResolvers<void>();
  here.runtime.script = () => {
    started.resolve();
    return release.promise;
  };
  const agents: InstanceAgent[] = [];
  t.after(() => agents.at(-1)?.release());
  const metrics = join(state, SYSTEM_METRICS);
  const file = join(ml, 'input', 'config', 'profilerconfig.json');
  return {
    ...{ ml, file },
    said: here.telemetry.said,
    /** Serves it with a plan that says so, as after a start of the server. */
    serve(config = ProfilerConfig): InstanceAgent {
      agents.at(-1)?.abandon();
      const changed = { ...plan, request: { ...plan.request, ...(config && { ProfilerConfig: config }) } };
      const agent = createInstanceAgent(changed, { ...here.environment, clock: systemClock });
      agents.push(agent);
      return agent;
    },
    running: started.promise,
    end: () => release.resolve(0),
    told: () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined),
    isSampling: () => existsSync(join(metrics, 'current.json.sagemaker-ignore')),
    minutes: () => (existsSync(metrics) ? readdirSync(metrics, { recursive: true }) : []),
    keys: () => here.storage.keys('out').filter((key) => key.startsWith('profile/')),
  };
}

test('a profiler is switched on, changed and switched off while the algorithm runs', async (t) => {
  const instance = await runningInstance(t);
  const agent = instance.serve();
  await agent.prepare(never());
  const training = agent.train();
  await instance.running;
  assert.equal(instance.told(), undefined);
  assert.deepEqual(instance.minutes(), []);
  await agent.changeProfiler(every(100));
  await until(() => instance.isSampling() && instance.told() !== undefined);
  assert.deepEqual(instance.told(), {
    S3OutputPath: `s3://out/${ROOT}`,
    ProfilingIntervalInMilliseconds: 100,
    DisableProfiler: false,
  });
  // Several in a row: the last one counts. What a profiler traced is taken out while it runs.
  for (const interval of [1000, 200, 5000]) await agent.changeProfiler(every(interval));
  await agent.changeProfiler({ ...every(100), ProfilingParameters: { A: '1' } });
  await until(() => instance.told().ProfilingParameters !== undefined);
  assert.deepEqual(instance.told().ProfilingParameters, { A: '1', LocalPath: '/opt/ml/output/profiler' });
  writeFileSync(join(instance.ml, 'output', 'profiler', 'trace.json'), '[]');
  await until(() => instance.keys().includes(`${ROOT}/trace.json`));
  await agent.changeProfiler({ ...every(100), DisableProfiler: true });
  await until(() => instance.told().DisableProfiler);
  assert.ok(!instance.isSampling(), 'the last minute is closed');
  const atPause = instance.minutes().length;
  await wait(300);
  assert.equal(instance.minutes().length, atPause);
  assert.ok(!instance.isSampling());
  instance.end();
  await training;
  await agent.upload(never());
  const keys = instance.keys();
  assert.ok(
    keys.some((key) => key.startsWith(`${ROOT}/system/incremental/`)),
    `${keys}`,
  );
  assert.ok(keys.includes(`${ROOT}/system/training_job_end.ts`), 'as the profile is at its end');
});

test('an agent that finds the algorithm after a crash makes the change that its plan tells of', async (t) => {
  const instance = await runningInstance(t, every(100));
  const first = instance.serve();
  await first.prepare(never());
  void first.train();
  await instance.running;
  await until(instance.isSampling);
  // The server is killed when the change is recorded and nothing else is done.
  const off = instance.serve({ ...every(100), DisableProfiler: true });
  void off.train();
  await until(() => instance.told().DisableProfiler);
  assert.ok(!instance.isSampling(), 'what the first one wrote is closed');
  const on = instance.serve(every(200));
  const training = on.train();
  await until(() => instance.told().ProfilingIntervalInMilliseconds === 200 && instance.isSampling());
  instance.end();
  await training;
  await on.upload(never());
  assert.ok(instance.keys().filter((key) => key.includes('/incremental/')).length >= 2);
});

test('a profiler that is switched on when the algorithm has ended on this host is told of nothing, and its profile is ended', async (t) => {
  const instance = await runningInstance(t);
  const agent = instance.serve();
  await agent.prepare(never());
  const training = agent.train();
  instance.end();
  await training;
  await agent.changeProfiler(every(100));
  await agent.upload(never());
  assert.deepEqual(instance.minutes(), []);
  assert.deepEqual(instance.keys(), [
    `${ROOT}/framework/training_job_end.ts`,
    `${ROOT}/system/training_job_end.ts`,
  ]);
});

test('a change is never written through a link that the algorithm made', async (t) => {
  const instance = await runningInstance(t);
  const agent = instance.serve();
  await agent.prepare(never());
  const training = agent.train();
  await instance.running;
  const victim = join(instance.ml, 'model');
  const config = join(instance.ml, 'input', 'config');
  rmSync(config, { recursive: true });
  symlinkSync(victim, config);
  await agent.changeProfiler(every(100));
  await until(() =>
    instance.said.some((line) => line.includes('profilerconfig.json could not be rewritten')),
  );
  assert.deepEqual(readdirSync(victim), []);
  assert.ok(statSync(victim).isDirectory());
  instance.end();
  await training;
});
