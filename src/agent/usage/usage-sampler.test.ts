import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../clock/system-clock.ts';
import { TestClock } from '../../clock/test-clock.ts';
import type { InstanceSample } from '../../metrics/instance-sample.ts';
import { Database } from '../../store/database.ts';
import { instanceSamples } from '../../store/metrics/instance-samples.ts';
import { listObservedInstances } from '../../store/metrics/list-observed-instances.ts';
import { planOf } from '../testing/test-instance.fixture.ts';
import { GpuMonitor } from './gpu-monitor.ts';
import { UsageRecorder } from './usage-recorder.ts';
import { type Subject, UsageSampler } from './usage-sampler.ts';

const START = 1_800_000_000_000;

/** An algorithm that keeps one core busy by the clock of the test. */
const subjectOn = (clock: TestClock, more: Partial<Subject> = {}): Subject => ({
  usage: async () => ({ cpuSeconds: clock.now() / 1000, memoryBytes: 1 }),
  capacity: { cpus: 2, memoryBytes: 2 },
  folder: tmpdir(),
  gpus: [],
  ...more,
});

const noGpus = new GpuMonitor(systemClock, '/nonexistent/nvidia-smi');

test('samples come at multiples of the interval, the second one sooner', async () => {
  const clock = new TestClock(START + 700);
  const sampler = new UsageSampler(clock, noGpus);
  const [fives, halves]: [InstanceSample[], InstanceSample[]] = [[], []];
  const stop = sampler.watch(subjectOn(clock), 5000, (sample) => fives.push(sample));
  await clock.advance(2000);
  const stopHalves = sampler.watch(subjectOn(clock), 500, (sample) => halves.push(sample));
  await clock.advance(13_000);
  stop();
  await clock.advance(1000);
  assert.deepEqual(
    fives.map(({ at }) => at - START),
    [700, 1700, 5000, 10_000, 15_000],
  );
  assert.deepEqual(
    fives.map(({ cpu }) => cpu && Math.round(cpu)),
    [undefined, 100, 100, 100, 100],
  );
  assert.deepEqual(
    halves.slice(0, 4).map(({ at }) => at - START),
    [2700, 3000, 3500, 4000],
  );
  assert.equal(halves.at(-1)?.at, START + 16_500);
  for (const { memory, disk = -1 } of fives) {
    assert.equal(memory, 50);
    assert.ok(disk >= 0 && disk <= 100);
  }
  const { length } = halves;
  stopHalves();
  await clock.advance(60_000);
  assert.equal(halves.length, length);
});

test('those that start within a moment are looked at together', async () => {
  const clock = new TestClock(START + 10);
  const sampler = new UsageSampler(clock, noGpus);
  const samples: InstanceSample[] = [];
  const stops: (() => void)[] = [];
  for (let each = 0; each < 5; each++) {
    stops.push(sampler.watch(subjectOn(clock), 60_000, (sample) => samples.push(sample)));
    await clock.advance(15);
  }
  await clock.advance(1500);
  for (const stop of stops) stop();
  assert.deepEqual(
    samples.map(({ at }) => at - START),
    [...Array(5).fill(100), ...Array(5).fill(1100)],
  );
});

test('one that answers late, never, or not any more holds up nobody', async () => {
  const clock = new TestClock(START);
  const sampler = new UsageSampler(clock, noGpus);
  const good: InstanceSample[] = [];
  let asked = 0;
  const never = () => {
    asked++;
    return new Promise<undefined>(() => {});
  };
  const bad: InstanceSample[] = [];
  const stops = [
    sampler.watch(subjectOn(clock, { usage: never }), 1000, (sample) => bad.push(sample)),
    sampler.watch(subjectOn(clock, { usage: async () => undefined }), 1000, (sample) => bad.push(sample)),
    sampler.watch(subjectOn(clock, { usage: () => Promise.reject(new Error('no')) }), 1000, (sample) =>
      bad.push(sample),
    ),
    sampler.watch(subjectOn(clock), 1000, (sample) => good.push(sample)),
  ];
  await clock.advance(10_000);
  for (const stop of stops) stop();
  assert.equal(good.length, 11);
  assert.deepEqual([bad.length, asked], [0, 1]);
});

function recorderOn(t: TestContext, clock: TestClock, retentionMs = 3_600_000) {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-usage-'));
  const database = new Database(join(folder, 'database'));
  const errors: Error[] = [];
  const recorder = new UsageRecorder({
    ...{ database, clock, retentionMs },
    sampler: new UsageSampler(clock, noGpus),
    intervalMs: 5000,
    onError: (error) => errors.push(error),
  });
  let isClosed = false;
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    recorder.close();
    database.close();
  };
  t.after(() => {
    close();
    rmSync(folder, { recursive: true });
  });
  const samples = () =>
    instanceSamples(
      database,
      { jobId: 7, host: 'algo-1' },
      { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1e6 },
    );
  return { recorder, database, errors, samples, close };
}

test('what instances use is stored, and goes on where a server stopped', async (t) => {
  const clock = new TestClock(START);
  const { recorder, samples, database } = recorderOn(t, clock);
  recorder.record(planOf(), subjectOn(clock));
  const stop = recorder.record(planOf({}, { jobId: 8, jobName: 'Toy-2' }), subjectOn(clock));
  await clock.advance(60_000);
  stop();
  recorder.close();
  assert.equal(samples().length, 14);
  assert.deepEqual(samples()[1]?.cpu, 100);
  recorder.record(planOf(), subjectOn(clock));
  await clock.advance(60_000);
  recorder.close();
  assert.equal(samples().length, 27, 'the sample that two servers took at one moment is there once');
  const listed = listObservedInstances(database, { limit: 10 });
  assert.deepEqual(
    listed.map(({ jobName, lastAt }) => [jobName, lastAt - START]),
    [
      ['Toy-1', 120_000],
      ['Toy-2', 60_000],
    ],
  );
});

test('samples are removed when their time is over, and instances that have none left', async (t) => {
  const clock = new TestClock(START);
  const { recorder, samples, database } = recorderOn(t, clock, 600_000);
  recorder.record(planOf({}, { jobId: 8, jobName: 'Toy-2' }), subjectOn(clock))();
  const short = recorder.record(planOf({}, { jobId: 9, jobName: 'Toy-3' }), subjectOn(clock));
  recorder.record(planOf(), subjectOn(clock));
  await clock.advance(60_000);
  short();
  await clock.advance(1_200_000);
  const [first] = samples();
  const age = clock.now() - (first?.at ?? 0);
  assert.ok(age >= 600_000 && age <= 665_000, String(age));
  assert.equal(samples().length, Math.floor(age / 5000) + 1);
  assert.deepEqual(
    listObservedInstances(database, { limit: 10 }).map(({ jobName }) => jobName),
    ['Toy-1'],
  );
});

test('a store that fails loses samples, and is told of', async (t) => {
  const clock = new TestClock(START);
  const { recorder, database, errors, close } = recorderOn(t, clock);
  recorder.record(planOf(), subjectOn(clock));
  await clock.advance(5000);
  database.prepare('DROP TABLE instance_samples').run();
  await clock.advance(5000);
  assert.match(errors[0]?.message ?? '', /instance_samples/);
  close();
});

/** A program that tells of two GPUs, over and over, until it is ended. */
function fakeNvidiaSmi(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-gpu-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'nvidia-smi');
  const lines = '0, 87, 4096, 16384\\n1, 13, 1024, 16384\\n2, [N/A], [N/A], 16384\\n';
  writeFileSync(path, `#!/bin/sh\nwhile :; do printf '${lines}' || exit; sleep 0.05; done\n`);
  chmodSync(path, 0o755);
  return path;
}

test('GPUs are read by one program, which runs while one is watched', async (t) => {
  const monitor = new GpuMonitor(systemClock, fakeNvidiaSmi(t));
  const stops = [monitor.watch(), monitor.watch()];
  const now = () => systemClock.now();
  while (monitor.readings([0, 1], now()).length < 2) await wait(5);
  assert.deepEqual(monitor.readings([0, 1, 2, 3], now()), [
    { utilization: 87, memory: 25 },
    { utilization: 13, memory: 6.25 },
  ]);
  assert.deepEqual(monitor.readings([0], now() + 60_000), [], 'an old reading tells nothing');
  stops[0]?.();
  assert.equal(monitor.readings([1], now()).length, 1);
  stops[1]?.();
  assert.deepEqual(monitor.readings([1], now()), []);
});

test('without the program there are no readings', async () => {
  const stop = noGpus.watch();
  await wait(20);
  assert.deepEqual(noGpus.readings([0], systemClock.now()), []);
  stop();
});
