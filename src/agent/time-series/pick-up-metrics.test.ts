import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { TestClock } from '../../clock/test-clock.ts';
import type { StepPoint } from '../../metrics/step-point.ts';
import { planOf, REQUEST, testPlace } from '../testing/test-instance.fixture.ts';
import { readMetricLine } from './metric-line.ts';
import { pickUpMetrics } from './pick-up-metrics.ts';

const AT = 1_767_312_000;

const line = (more: object) =>
  `${JSON.stringify({ MetricName: 'loss', Value: 1, Timestamp: AT, ...more })}\n`;

test('a line is read whichever library wrote it', () => {
  const point = { name: 'loss', at: AT * 1000, value: 1 };
  assert.deepEqual(readMetricLine(line({ IterationNumber: 3 })), { ...point, step: 3 });
  assert.deepEqual(readMetricLine(line({ Step: 4 })), { ...point, step: 4 });
  assert.deepEqual(readMetricLine(line({ Timestamp: AT * 1000 + 5, IterationNumber: null })), {
    ...point,
    at: AT * 1000 + 5,
  });
  assert.deepEqual(readMetricLine(line({ Timestamp: `${AT}.5` })), { ...point, at: AT * 1000 + 500 });
  for (const other of [
    '',
    '[]',
    'loss=1',
    '{"MetricName":"a","Value":NaN,"Timestamp":1}',
    line({ Value: '1' }),
    line({ MetricName: '' }),
    line({ IterationNumber: 1.5 }),
  ])
    assert.equal(readMetricLine(other), undefined, other);
  fc.assert(fc.property(fc.json(), (text) => readMetricLine(text) === undefined));
});

async function setUp(t: TestContext, isOn = true) {
  const place = await testPlace(t);
  const clock = new TestClock();
  const taken: StepPoint[] = [];
  const failures: Error[] = [];
  const plan = planOf({
    AlgorithmSpecification: {
      ...REQUEST.AlgorithmSpecification,
      TrainingInputMode: 'File',
      EnableSageMakerMetricsTimeSeries: isOn,
    },
  });
  const instance = await place.instance(plan);
  const timeSeries = {
    add({ jobId, host }: { jobId: number; host: string }, points: readonly StepPoint[]) {
      assert.deepEqual([jobId, host], [plan.jobId, plan.host]);
      const failure = failures.pop();
      if (failure) throw failure;
      taken.push(...points);
    },
  };
  const environment = { ...place.environment, clock, timeSeries };
  const folder = place.ml(plan, 'output', 'metrics', 'sagemaker');
  mkdirSync(folder, { recursive: true });
  const companion = await pickUpMetrics.start({ ...instance, environment });
  return { ...place, clock, taken, failures, folder, companion };
}

/** Looks happen in the real file system, whatever the clock says: the next one is waited for when the one before is over. */
async function looksUntil(clock: TestClock, isSo: () => boolean) {
  while (!isSo()) {
    await clock.advance(5000);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test('values are taken while the algorithm writes them, each once, and the last at the end', async (t) => {
  const { clock, taken, folder, companion } = await setUp(t);
  writeFileSync(
    join(folder, '17.json'),
    `${line({ IterationNumber: 0 }) + line({ IterationNumber: 1 })}{"MetricName":"lo`,
  );
  await looksUntil(clock, () => taken.length === 2);
  appendFileSync(join(folder, '17.json'), `ss","Value":2,"Timestamp":${AT}}\n`);
  writeFileSync(join(folder, '18.json'), line({ MetricName: 'acc' }).trimEnd());
  writeFileSync(join(folder, 'notes.txt'), line({ MetricName: 'not' }));
  await looksUntil(clock, () => taken.length === 3);
  await companion?.finish();
  assert.deepEqual(taken, [
    { name: 'loss', at: AT * 1000, value: 1, step: 0 },
    { name: 'loss', at: AT * 1000, value: 1, step: 1 },
    { name: 'loss', at: AT * 1000, value: 2 },
    { name: 'acc', at: AT * 1000, value: 1 },
  ]);
});

test('what is no metric is left out, and said so once', async (t) => {
  const { taken, folder, companion, telemetry } = await setUp(t);
  writeFileSync(join(folder, '1.json'), `nonsense\n${line({})}\nmore\n`);
  await companion?.finish();
  assert.equal(taken.length, 1);
  assert.equal(telemetry.said.length, 1);
  assert.match(telemetry.said[0] ?? '', /^Lines of 1\.json/);
});

test('nothing outside of the folder is read, and nothing in it holds us', async (t) => {
  const { taken, folder, companion, environment } = await setUp(t);
  const outside = join(environment.folder, 'outside.json');
  writeFileSync(outside, line({ MetricName: 'outside' }));
  symlinkSync(outside, join(folder, 'link.json'));
  mkdirSync(join(folder, 'folder.json'));
  await companion?.finish();
  assert.deepEqual(taken, []);
  const { folder: other, companion: second, taken: none, environment: elsewhere } = await setUp(t);
  rmSync(other, { recursive: true });
  mkdirSync(join(elsewhere.folder, 'elsewhere'));
  writeFileSync(join(elsewhere.folder, 'elsewhere', '1.json'), line({}));
  symlinkSync(join(elsewhere.folder, 'elsewhere'), other);
  await second?.finish();
  assert.deepEqual(none, []);
});

test('values that the store refused come again', async (t) => {
  const { clock, taken, failures, folder, companion, logged } = await setUp(t);
  failures.push(new Error('disk full'));
  writeFileSync(join(folder, '1.json'), line({}));
  await looksUntil(clock, () => logged.length === 1);
  assert.match(logged[0] ?? '', /disk full/);
  await companion?.finish();
  assert.equal(taken.length, 1);
});

test('a line longer than any metric ends nobody', async (t) => {
  const { taken, folder, companion } = await setUp(t);
  writeFileSync(join(folder, '1.json'), `${'x'.repeat(3_000_000)}\n${line({})}`);
  await companion?.finish();
  assert.equal(taken.length, 1);
});

test('who did not ask for time series has none', async (t) => {
  const { companion } = await setUp(t, false);
  assert.equal(companion, undefined);
});
