import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { TestClock } from '../../clock/test-clock.ts';
import type {
  BatchGetMetricsResponse,
  BatchPutMetricsResponse,
  MetricQueryResult,
  MetricStatistic,
} from '../../model/types.generated.ts';
import { Database } from '../../store/database.ts';
import { addLogStream } from '../../store/logs/add-log-stream.ts';
import { addMetricPoint } from '../../store/metrics/add-metric-point.ts';
import { addTimeSeriesPoints } from '../../store/metrics/add-time-series-points.ts';
import { setMetricFinal } from '../../store/metrics/set-metric-final.ts';
import { createSageMakerMetricsService } from './sagemaker-metrics.ts';

const NOW = Date.UTC(2026, 0, 2) / 1000;
const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';
const ARN = `arn:aws:sagemaker:${REGION}:${ACCOUNT}:training-job/job-1`;
const CONTEXT = { requestId: 'r', accessKeyId: 'k', callerArn: 'arn', account: ACCOUNT, region: REGION };

/** The service over a job that is called Job-1. */
function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'sagemaker-metrics-'));
  const database = new Database(join(folder, 'database'));
  t.after(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });
  database
    .prepare(
      `INSERT INTO jobs (id, arn, name, status, secondary_status, created_at, modified_at, last_fact)
       VALUES (1, ?, 'Job-1', 'InProgress', 'Training', 0, 0, 1)`,
    )
    .run(ARN);
  database.prepare('INSERT INTO job_states (job_id, state) VALUES (1, ?)').run(JSON.stringify({ arn: ARN }));
  const clock = new TestClock(NOW * 1000);
  const service = createSageMakerMetricsService({ account: ACCOUNT, region: REGION, clock, database });
  const call = (name: string, input: object) => service.operations.get(name)?.run(input as never, CONTEXT);
  const put = (MetricData: readonly object[], TrialComponentName = 'job-1-aws-training-job') =>
    call('BatchPutMetrics', { TrialComponentName, MetricData }) as BatchPutMetricsResponse;
  const get = (query: object): MetricQueryResult | undefined =>
    (
      call('BatchGetMetrics', {
        MetricQueries: [
          {
            ...{ MetricName: 'loss', ResourceArn: ARN, MetricStat: 'Avg', Period: 'OneMinute' },
            ...{ XAxisType: 'Timestamp', ...query },
          },
        ],
      }) as BatchGetMetricsResponse
    ).MetricQueryResults?.[0];
  return { database, put, get };
}

const loss = (Timestamp: number, Value: number, Step?: number) => ({
  ...{ MetricName: 'loss', Timestamp, Value },
  ...(Step !== undefined && { Step }),
});

const steps = { XAxisType: 'IterationNumber', Period: 'IterationNumber' };

test('what was put is read, over time and over steps', (t) => {
  const { put, get } = setUp(t);
  assert.deepEqual(put([loss(NOW - 120, 1, 0), loss(NOW - 70, 3, 1), loss(NOW - 60, 8, 1)]), {});
  const component = `arn:aws:sagemaker:${REGION}:${ACCOUNT}:experiment-trial-component/job-1-aws-training-job`;
  for (const ResourceArn of [ARN, component]) {
    assert.deepEqual(get({ ResourceArn }), {
      Status: 'Complete',
      XAxisValues: [(NOW - 120) * 1000, (NOW - 60) * 1000],
      MetricValues: [2, 8],
    });
  }
  assert.deepEqual(get(steps), { Status: 'Complete', XAxisValues: [0, 1], MetricValues: [1, 5.5] });
  assert.deepEqual(get({ ...steps, Start: 1, MetricStat: 'Last' })?.MetricValues, [8]);
  assert.deepEqual(get({ ...steps, End: 1 })?.XAxisValues, [0]);
  assert.deepEqual(get({ Start: (NOW - 60) * 1000 })?.MetricValues, [8]);
  assert.deepEqual(get({ Period: 'OneHour', MetricStat: 'Count' })?.MetricValues, [3]);
  assert.deepEqual(get({ MetricName: 'other' }), { Status: 'Complete', XAxisValues: [], MetricValues: [] });
});

test('a value that is put again is there once', (t) => {
  const { put, get } = setUp(t);
  for (let times = 0; times < 3; times++) put([loss(NOW, 1, 5), loss(NOW, 2)]);
  assert.deepEqual(get({ MetricStat: 'Count' })?.MetricValues, [2]);
});

test('hosts that tell values of one moment and step are all heard', (t) => {
  const { database, get } = setUp(t);
  for (const host of ['algo-1', 'algo-2', 'algo-2'])
    addTimeSeriesPoints(database, { jobId: 1, host }, [{ name: 'loss', at: NOW * 1000, value: 1, step: 1 }]);
  assert.deepEqual(get({ ...steps, MetricStat: 'Count' })?.MetricValues, [2]);
});

test('metrics that were read from the log are in the time series', (t) => {
  const { database, put, get } = setUp(t);
  const owner = { jobId: 1, jobName: 'Job-1' };
  const stream = addLogStream(database, { name: 'Job-1/algo-1-1', file: 'f', jobId: 1, host: 'algo-1' });
  const at = (NOW - 60) * 1000;
  const metricId = setMetricFinal(database, owner, { name: 'loss', at, value: 4 });
  addMetricPoint(database, { metricId, streamId: stream?.id ?? 0, sequence: 0, at, value: 4 });
  put([loss(NOW - 60, 2, 1)]);
  assert.deepEqual(get({ MetricStat: 'Max' })?.MetricValues, [4]);
  assert.deepEqual(get({ MetricStat: 'Count' })?.MetricValues, [2]);
  assert.deepEqual(get(steps)?.MetricValues, [2], 'they have no steps');
});

test('a time that is far off is told by its index, and the others are stored', (t) => {
  const { put, get } = setUp(t);
  const result = put([loss(NOW - 15 * 86_400, 1), loss(NOW, 2), loss(NOW + 3 * 3600, 3)]);
  assert.deepEqual(result.Errors, [
    { Code: 'VALIDATION_ERROR', MetricIndex: 0 },
    { Code: 'VALIDATION_ERROR', MetricIndex: 2 },
  ]);
  assert.deepEqual(get({})?.MetricValues, [2]);
});

test('trial components and resources that are not here are refused', (t) => {
  const { put, get } = setUp(t);
  for (const name of ['job-1', 'other-aws-training-job', 'my-trial'])
    assert.throws(() => put([loss(NOW, 1)], name), { code: 'ResourceNotFoundException' }, name);
  const others = [
    ARN.replace('job-1', 'job-2'),
    ARN.replace(ACCOUNT, '210987654321'),
    `arn:aws:sagemaker:${REGION}:${ACCOUNT}:experiment-trial-component/mine`,
    `arn:aws:sagemaker:us-east-1:${ACCOUNT}:experiment-trial-component/job-1-aws-training-job`,
    `arn:aws:sagemaker:${REGION}:${ACCOUNT}:pipeline/job-1`,
  ];
  for (const ResourceArn of others)
    assert.equal(get({ ResourceArn })?.Status, 'ValidationError', ResourceArn);
});

test('a query that makes no sense says why', (t) => {
  const { get } = setUp(t);
  const message = (query: object) => {
    const { Status, Message } = get(query) ?? {};
    return Status === 'ValidationError' ? Message : undefined;
  };
  assert.match(message({ Period: 'IterationNumber' }) ?? '', /Period/);
  assert.match(message({ XAxisType: 'IterationNumber' }) ?? '', /Period/);
  assert.match(message({ Start: NOW }) ?? '', /milliseconds/);
  assert.match(message({ ...steps, Start: 5, End: 5 }) ?? '', /Start must be less/);
});

test('statistics are what brute force makes of the values', (t) => {
  const { database, get } = setUp(t);
  let at = NOW * 1000;
  fc.assert(
    fc.property(
      // JSON and the database know one zero.
      fc.array(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0),
        { minLength: 1, maxLength: 20 },
      ),
      (values) => {
        const name = `metric-${++at}`;
        addTimeSeriesPoints(
          database,
          { jobId: 1 },
          values.map((value, index) => ({ name, at: NOW * 1000 + index, value })),
        );
        const of = (MetricStat: MetricStatistic) =>
          get({ MetricName: name, MetricStat })?.MetricValues?.[0] ?? Number.NaN;
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        assert.equal(of('Min'), Math.min(...values));
        assert.equal(of('Max'), Math.max(...values));
        assert.equal(of('Count'), values.length);
        assert.equal(of('Last'), values.at(-1));
        assert.equal(of('Avg'), mean);
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
        assert.ok(Math.abs(of('StdDev') - Math.sqrt(variance)) <= 1e-9 * Math.max(1, Math.sqrt(variance)));
      },
    ),
    { numRuns: 50 },
  );
});
