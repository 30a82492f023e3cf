import assert from 'node:assert/strict';
import { after, before, describe as group, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CloudWatchClient,
  type Datapoint,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import { StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { create, describe, LOG_GROUP, sagemaker, waitForEnd } from './jobs.ts';

const cloudwatch = new CloudWatchClient({ maxAttempts: 1 });
const WITHIN_MS = 60_000;

/** Two jobs run at the same time: one computes without a pause, one waits. */
group('what instances use (training contract §5.1)', () => {
  let busy: string;
  let idle: string;

  before(async () => {
    busy = await create('measured', 'busy');
    idle = await create('measured', 'idle', { set: { 'Environment.KIND': 'idle' } });
    for (const job of [busy, idle]) await untilMeasured(job);
  });
  after(async () => {
    for (const job of [busy, idle]) {
      await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: job }));
      await waitForEnd(job);
    }
  });

  /** Of all that was sampled so far. */
  async function used(job: string, MetricName: string): Promise<Datapoint | undefined> {
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: LOG_GROUP,
        MetricName,
        Dimensions: [{ Name: 'Host', Value: `${job}/algo-1` }],
        StartTime: new Date(Date.now() - 600_000),
        EndTime: new Date(Date.now() + 60_000),
        Period: 86_400,
        Statistics: ['Minimum', 'Maximum'],
      }),
    );
    return Datapoints.at(-1);
  }

  async function untilMeasured(job: string): Promise<void> {
    for (const end = Date.now() + WITHIN_MS; !(await used(job, 'CPUUtilization')); await delay(200))
      assert.ok(Date.now() < end, `${job} has no CPUUtilization: ${(await describe(job)).SecondaryStatus}`);
  }

  test('an instance has the metrics of its kind, and no others', async () => {
    const { Metrics = [] } = await cloudwatch.send(
      new ListMetricsCommand({
        Namespace: LOG_GROUP,
        Dimensions: [{ Name: 'Host', Value: `${busy}/algo-1` }],
      }),
    );
    const names = Metrics.map(({ MetricName }) => MetricName).sort();
    assert.deepEqual(names, ['CPUUtilization', 'DiskUtilization', 'MemoryUtilization']);
  });

  test('who computes uses more than who waits, and nobody more than there is', async () => {
    const [ofBusy, ofIdle] = [await used(busy, 'CPUUtilization'), await used(idle, 'CPUUtilization')];
    // ml.m5.large has two cores.
    assert.ok((ofBusy?.Maximum ?? 0) <= 200);
    assert.ok((ofBusy?.Maximum ?? 0) > (ofIdle?.Maximum ?? 200));
    for (const metric of ['MemoryUtilization', 'DiskUtilization']) {
      const { Minimum = 0, Maximum = 0 } = (await used(busy, metric)) ?? {};
      assert.ok(0 < Minimum && Minimum <= Maximum && Maximum <= 100, `${metric} ${Minimum} to ${Maximum}`);
    }
  });
});
