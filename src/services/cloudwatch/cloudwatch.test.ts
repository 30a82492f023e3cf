import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type {
  GetMetricDataOutput,
  GetMetricStatisticsOutput,
  ListMetricsOutput,
} from '../../model/types.generated.ts';
import { MetricsFixture } from './metrics.fixture.ts';

const NAMESPACE = '/aws/sagemaker/TrainingJobs';
const END = MetricsFixture.NOW;
const START = END - 600;
const job = (Value: string) => [{ Name: 'TrainingJobName', Value }];
const host = (Value: string) => [{ Name: 'Host', Value }];

/** A loss every 10 seconds, from 1 to 60; one instance that is busier each minute. */
function setUp(t: TestContext) {
  const fixture = new MetricsFixture(t);
  fixture.addJob('one', { loss: Array.from({ length: 60 }, (_, index) => [START + 10 * index, index + 1]) });
  fixture.addInstance(
    'one',
    Array.from({ length: 120 }, (_, index) => ({
      at: (START + 5 * index) * 1000,
      cpu: Math.floor(index / 12) * 10,
      memory: 50,
      disk: 20,
    })),
  );
  return fixture;
}

const statistics = (fixture: MetricsFixture, more: object) =>
  fixture.call<GetMetricStatisticsOutput>('GetMetricStatistics', {
    Namespace: NAMESPACE,
    MetricName: 'loss',
    Dimensions: job('one'),
    StartTime: START,
    EndTime: END,
    Period: 300,
    Statistics: ['Average'],
    ...more,
  });

test('GetMetricStatistics tells what a job gave, period by period', (t) => {
  const fixture = setUp(t);
  const simple = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'];
  assert.deepEqual(statistics(fixture, { Statistics: simple }), {
    Label: 'loss',
    Datapoints: [
      { Timestamp: START, SampleCount: 30, Sum: 465, Average: 15.5, Minimum: 1, Maximum: 30, Unit: 'None' },
      {
        Timestamp: START + 300,
        SampleCount: 30,
        Sum: 1365,
        Average: 45.5,
        Minimum: 31,
        Maximum: 60,
        Unit: 'None',
      },
    ],
  });
  const { Datapoints } = statistics(fixture, {
    Statistics: undefined,
    ExtendedStatistics: ['p0', 'p50', 'p100'],
  });
  assert.deepEqual(Datapoints?.[0]?.ExtendedStatistics, { p0: 1, p50: 15.5, p100: 30 });
  assert.equal(statistics(fixture, { Period: 60 }).Datapoints?.length, 10);
  assert.equal(statistics(fixture, { Period: 10, EndTime: START + 25 }).Datapoints?.length, 3);
});

test('GetMetricStatistics tells what an instance used', (t) => {
  const fixture = setUp(t);
  const cpu = statistics(fixture, {
    MetricName: 'CPUUtilization',
    Dimensions: host('one/algo-1'),
    Period: 60,
  });
  assert.deepEqual(
    cpu.Datapoints?.map(({ Average, Unit }) => [Average, Unit]),
    Array.from({ length: 10 }, (_, minute) => [minute * 10, 'Percent']),
  );
});

test('a series that does not exist has no datapoints', (t) => {
  const fixture = setUp(t);
  const others = [
    { Namespace: 'AWS/EC2' },
    { MetricName: 'accuracy' },
    { Dimensions: job('two') },
    { Dimensions: [] },
    { Dimensions: [...job('one'), ...host('one/algo-1')] },
    { Dimensions: host('one') },
    { Dimensions: host('one/algo-1') },
    { MetricName: 'GPUUtilization', Dimensions: host('one/algo-1') },
    { Unit: 'Percent' },
  ];
  for (const other of others)
    assert.deepEqual(statistics(fixture, other).Datapoints, [], JSON.stringify(other));
  assert.equal(statistics(fixture, { Unit: 'None' }).Datapoints?.length, 2);
});

test('jobs of one name, the one after the other, are one series', (t) => {
  const fixture = setUp(t);
  fixture.addJob('one', { loss: [[START, 1001]] });
  assert.equal(statistics(fixture, { Statistics: ['SampleCount'] }).Datapoints?.[0]?.SampleCount, 31);
});

test('GetMetricStatistics refuses what CloudWatch refuses', (t) => {
  const fixture = setUp(t);
  const refused: [object, string, RegExp][] = [
    [{ Period: 45 }, 'InvalidParameterValueException', /Period/],
    [
      { EndTime: START },
      'InvalidParameterValueException',
      /StartTime must be less than the parameter EndTime/,
    ],
    [
      { StartTime: END - 2 * 86_400, Period: 60 },
      'InvalidParameterCombinationException',
      /up to 2,880 datapoints/,
    ],
    [{ Statistics: undefined }, 'MissingRequiredParameterException', /Statistics or ExtendedStatistics/],
    [{ ExtendedStatistics: ['p9'] }, 'InvalidParameterCombinationException', /only one/],
    [{ Statistics: undefined, ExtendedStatistics: ['tm9'] }, 'InvalidParameterValueException', /tm9/],
  ];
  for (const [more, code, message] of refused)
    assert.throws(() => statistics(fixture, more), { code, message }, JSON.stringify(more));
});

const metric = (Id: string, more: object = {}, stat: object = {}) => ({
  Id,
  MetricStat: {
    Metric: { Namespace: NAMESPACE, MetricName: 'loss', Dimensions: job('one') },
    Period: 60,
    Stat: 'Maximum',
    ...stat,
  },
  ...more,
});

const data = (fixture: MetricsFixture, MetricDataQueries: readonly object[], more: object = {}) =>
  fixture.call<GetMetricDataOutput>('GetMetricData', {
    MetricDataQueries,
    StartTime: START,
    EndTime: END,
    ...more,
  });

test('GetMetricData tells the newest first unless it is asked otherwise', (t) => {
  const fixture = setUp(t);
  const { MetricDataResults: [newest] = [], NextToken } = data(fixture, [metric('m1')]);
  assert.equal(NextToken, undefined);
  assert.equal(newest?.StatusCode, 'Complete');
  assert.equal(newest?.Label, 'loss');
  assert.deepEqual(newest?.Values, [60, 54, 48, 42, 36, 30, 24, 18, 12, 6]);
  assert.equal(newest?.Timestamps?.[0], END - 60);
  const { MetricDataResults: [oldest] = [] } = data(fixture, [metric('m1', { Label: 'L' })], {
    ScanBy: 'TimestampAscending',
  });
  assert.deepEqual(oldest?.Values, [...(newest?.Values ?? [])].reverse());
  assert.equal(oldest?.Label, 'L');
});

test('GetMetricData works out expressions over other queries', (t) => {
  const fixture = setUp(t);
  const { MetricDataResults = [] } = data(
    fixture,
    [
      metric('m1', { ReturnData: false }),
      metric('m2', { ReturnData: false }, { Stat: 'Minimum' }),
      { Id: 'e1', Expression: '(m1 - m2) * 2' },
      { Id: 'e2', Expression: 'e1 / 10', Label: 'tenth' },
      { Id: 'e3', Expression: 'm1 / (m2 - 1)' },
    ],
    { ScanBy: 'TimestampAscending' },
  );
  assert.deepEqual(
    MetricDataResults.map(({ Id, Label }) => [Id, Label]),
    [
      ['e1', 'e1'],
      ['e2', 'tenth'],
      ['e3', 'e3'],
    ],
  );
  assert.deepEqual(MetricDataResults[0]?.Values, Array(10).fill(10));
  assert.deepEqual(MetricDataResults[1]?.Values, Array(10).fill(1));
  assert.equal(MetricDataResults[2]?.Values?.length, 9, 'there is no value where the divisor is 0');
});

test('the pages of GetMetricData together are the whole, also while values come in', (t) => {
  const fixture = setUp(t);
  const queries = [metric('a'), metric('b', {}, { Period: 120 }), { Id: 'c', Expression: 'a * 2' }];
  for (const ScanBy of ['TimestampAscending', 'TimestampDescending']) {
    const whole = data(fixture, queries, { ScanBy }).MetricDataResults;
    const joined = new Map<string, number[]>();
    let token: string | undefined;
    let pages = 0;
    do {
      const more = { ScanBy, MaxDatapoints: 4, ...(token && { NextToken: token }) };
      const page: GetMetricDataOutput = data(fixture, queries, more);
      const count = page.MetricDataResults?.reduce((sum, { Values = [] }) => sum + Values.length, 0) ?? 0;
      assert.ok(count <= 4);
      for (const { Id = '', Values = [] } of page.MetricDataResults ?? [])
        joined.set(Id, [...(joined.get(Id) ?? []), ...Values]);
      token = page.NextToken;
      pages++;
    } while (token);
    assert.equal(pages, 7);
    assert.deepEqual(
      [...joined],
      whole?.map(({ Id, Values }) => [Id, Values]),
    );
  }
  const { NextToken } = data(fixture, queries, { MaxDatapoints: 4 });
  assert.throws(() => data(fixture, [metric('z')], { NextToken }), { code: 'InvalidNextToken' });
  assert.throws(() => data(fixture, queries, { NextToken: 'x' }), { code: 'InvalidNextToken' });
});

test('GetMetricData refuses by name what it can not honour', (t) => {
  const fixture = setUp(t);
  const refused: [readonly object[], object, RegExp][] = [
    [[], {}, /between 1 and 500/],
    [[metric('a'), metric('a')], {}, /unique/],
    [[metric('A')], {}, /Id A/],
    [[{ Id: 'a' }], {}, /either MetricStat or Expression/],
    [[metric('a', { Expression: 'b' })], {}, /either MetricStat or Expression/],
    [[metric('a', {}, { Stat: 'tm90' })], {}, /statistic tm90/],
    [[metric('a', {}, { Period: 7 })], {}, /Period of the query a/],
    [[metric('a', { AccountId: '210987654321' })], {}, /210987654321/],
    [[metric('a', { Label: '$' + '{MAX}' })], {}, /dynamic/],
    [[metric('a', { ReturnData: false })], {}, /ReturnData/],
    [[{ Id: 'a', Expression: 'SUM(METRICS())' }], {}, /SUM is not served/],
    [[{ Id: 'a', Expression: '1 + 1' }], {}, /names no other query/],
    [[{ Id: 'a', Expression: 'b' }], {}, /names b/],
    [
      [{ Id: 'a', Expression: 'b' }, { Id: 'b', Expression: 'a + c' }, metric('c')],
      {},
      /comes back to itself/,
    ],
    [[metric('a')], { MaxDatapoints: 0 }, /MaxDatapoints/],
    [[metric('a')], { LabelOptions: { Timezone: '+0100' } }, /LabelOptions/],
    [[metric('a')], { EndTime: START }, /StartTime/],
  ];
  for (const [queries, more, message] of refused)
    assert.throws(
      () => data(fixture, queries, more),
      { code: 'ValidationException', message },
      String(message),
    );
  const own = data(fixture, [metric('a', { AccountId: '123456789012' })]);
  assert.equal(own.MetricDataResults?.[0]?.Values?.length, 10);
});

const list = (fixture: MetricsFixture, input: object = {}) =>
  fixture.call<ListMetricsOutput>('ListMetrics', input);

const namesOf = ({ Metrics = [] }: ListMetricsOutput) =>
  Metrics.map(({ MetricName, Dimensions }) => `${Dimensions?.[0]?.Value} ${MetricName}`);

test('ListMetrics lists the metrics of jobs, then those of their instances', (t) => {
  const fixture = setUp(t);
  fixture.addJob('two', { acc: [[START - 86_400, 1]], loss: [[START, 1]] });
  fixture.addJob('one', { loss: [[START, 1]] });
  fixture.addInstance('two', [{ at: START * 1000, cpu: 1, gpu: 1 }], 1);
  const all = namesOf(list(fixture));
  const gpu = ['GPUUtilization', 'GPUMemoryUtilization'];
  const ofInstance = ['CPUUtilization', 'MemoryUtilization', 'DiskUtilization'];
  assert.deepEqual(all, [
    ...['one loss', 'two acc', 'two loss'],
    ...ofInstance.map((name) => `one/algo-1 ${name}`),
    ...[...ofInstance, ...gpu].map((name) => `two/algo-1 ${name}`),
  ]);
  assert.deepEqual(namesOf(list(fixture, { Dimensions: [{ Name: 'TrainingJobName' }] })), all.slice(0, 3));
  assert.deepEqual(namesOf(list(fixture, { Dimensions: job('one') })), ['one loss']);
  assert.deepEqual(namesOf(list(fixture, { Dimensions: host('two/algo-1') })), all.slice(6));
  assert.deepEqual(namesOf(list(fixture, { Dimensions: [{ Name: 'Host' }] })), all.slice(3));
  assert.deepEqual(namesOf(list(fixture, { MetricName: 'loss' })), ['one loss', 'two loss']);
  assert.deepEqual(
    namesOf(list(fixture, { RecentlyActive: 'PT3H' })),
    all.filter((name) => name !== 'two acc'),
  );
  const nothing = [
    { Namespace: 'AWS/EC2' },
    { Dimensions: [{ Name: 'InstanceId' }] },
    { Dimensions: [...job('one'), ...host('one/algo-1')] },
    { Dimensions: host('one') },
    { OwningAccount: '210987654321' },
  ];
  for (const filter of nothing) assert.deepEqual(list(fixture, filter).Metrics, [], JSON.stringify(filter));
  const linked = list(fixture, { Dimensions: job('one'), IncludeLinkedAccounts: true });
  assert.deepEqual(linked.OwningAccounts, ['123456789012']);
});

test('the pages of ListMetrics together are the whole', (t) => {
  const fixture = new MetricsFixture(t);
  for (let index = 0; index < 130; index++) {
    const jobName = `job-${String(index).padStart(4, '0')}`;
    fixture.addInstance(jobName, [{ at: START * 1000, cpu: 1 }]);
    fixture.addJob(jobName, { a: [[START, 1]], b: [[START, 1]], c: [[START, 1]], d: [[START, 1]] });
  }
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = list(fixture, NextToken ? { NextToken } : {});
    assert.ok((page.Metrics?.length ?? 0) <= 500);
    names.push(...namesOf(page));
    NextToken = page.NextToken;
  } while (NextToken);
  assert.equal(names.length, 130 * 7);
  assert.equal(new Set(names).size, names.length);
  assert.throws(() => list(fixture, { NextToken: 'x' }), { code: 'InvalidNextToken' });
});
