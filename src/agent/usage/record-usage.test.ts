import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../clock/system-clock.ts';
import { TestClock } from '../../clock/test-clock.ts';
import type { Runtime } from '../../executors/runtime.ts';
import { Database } from '../../store/database.ts';
import { instanceSamples } from '../../store/metrics/instance-samples.ts';
import { createInstanceAgent } from '../create-instance-agent.ts';
import { never, planOf, testPlace } from '../testing/test-instance.fixture.ts';
import { GpuMonitor } from './gpu-monitor.ts';
import { UsageRecorder } from './usage-recorder.ts';
import { UsageSampler } from './usage-sampler.ts';

const ALWAYS = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1_000_000 };

async function setUp(t: TestContext) {
  const place = await testPlace(t);
  const database = new Database(join(place.folder, 'database'));
  const clock = new TestClock();
  const usage = new UsageRecorder({
    ...{ database, clock, intervalMs: 5000, retentionMs: 86_400_000 },
    sampler: new UsageSampler(clock, new GpuMonitor(systemClock, '/nonexistent/nvidia-smi')),
    onError: assert.fail,
  });
  t.after(() => {
    usage.close();
    database.close();
  });
  const end = Promise.withResolvers<number>();
  place.runtime.script = () => end.promise;
  /** Each algorithm keeps two of its four cores busy. */
  const runtime: Runtime = {
    name: 'busy',
    async start(algorithm) {
      const running = await place.runtime.start(algorithm);
      return {
        ...running,
        usage: async () => ({ cpuSeconds: (2 * clock.now()) / 1000, memoryBytes: 1024 ** 3 }),
      };
    },
  };
  const environment = { ...place.environment, clock, usage };
  const samples = () => instanceSamples(database, { jobId: 7, host: 'algo-1' }, ALWAYS);
  /** Lets files be read and written, however long that takes, until an algorithm is sampled. */
  const sampled = async (more: number) => {
    const wanted = samples().length + more;
    while (samples().length < wanted) await clock.advance(1000);
  };
  return {
    place,
    environment: { ...environment, runtime },
    plain: environment,
    samples,
    sampled,
    clock,
    end,
  };
}

test('an instance is sampled while its algorithm runs, also when it was found again after a crash', async (t) => {
  const { environment, samples, sampled, clock, end } = await setUp(t);
  const first = createInstanceAgent(planOf(), environment);
  await first.prepare(never());
  void first.train();
  await sampled(3);
  assert.ok(samples().some(({ cpu = 0 }) => cpu > 150 && cpu <= 200));
  first.abandon();
  const atCrash = samples().length;
  await clock.advance(60_000);
  assert.equal(samples().length, atCrash);
  const second = createInstanceAgent(planOf(), environment);
  const ended = second.train();
  await sampled(3);
  end.resolve(0);
  await ended;
  const atEnd = samples().length;
  await clock.advance(60_000);
  assert.equal(samples().length, atEnd);
});

test('a runtime that can not tell is not asked, and a recorder that fails ends no job', async (t) => {
  const { plain, environment, samples, end, place } = await setUp(t);
  end.resolve(0);
  const silent = createInstanceAgent(planOf(), plain);
  await silent.prepare(never());
  await silent.train();
  assert.deepEqual(samples(), []);
  const broken = Object.assign(Object.create(environment.usage), {
    record() {
      throw new Error('disk full');
    },
  }) as UsageRecorder;
  const agent = createInstanceAgent(planOf({}, { jobId: 8 }), { ...environment, usage: broken });
  await agent.prepare(never());
  const { exit } = await agent.train();
  assert.deepEqual(exit, { kind: 'exited', code: 0, outOfMemory: false });
  assert.match(place.logged.join('\n'), /is not recorded: disk full/);
});
