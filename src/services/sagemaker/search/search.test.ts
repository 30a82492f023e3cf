import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type {
  Filter,
  GetSearchSuggestionsResponse,
  SearchExpression,
  SearchRequest,
} from '../../../model/types.generated.ts';
import { parse } from '../../../model/validator.ts';
import { Database } from '../../../store/database.ts';
import { appendFact } from '../../../store/jobs/append-fact.ts';
import { insertJob } from '../../../store/jobs/insert-job.ts';
import { putTags } from '../../../store/tags/tags.ts';
import type { SageMakerContext } from '../context.ts';
import { expressionTest } from './expression.ts';
import { getSearchSuggestions } from './get-search-suggestions.ts';
import { search } from './search.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

/** Jobs `job-00`, `job-01`, …, created a minute apart. Every third has failed; each has a metric, a tag and a hyperparameter. */
function setUp(t: TestContext, count: number) {
  const database = new Database(':memory:');
  t.after(() => database.close());
  for (let index = 0; index < count; index++) {
    const name = `job-${String(index).padStart(2, '0')}`;
    const arn = `arn:aws:sagemaker:us-east-1:123456789012:training-job/${name}`;
    const channel = (ChannelName: string, prefix: string) => ({
      ChannelName,
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: `s3://bucket/${prefix}` } },
    });
    const request = {
      TrainingJobName: name,
      RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
      HyperParameters: { 'learning.rate': String(index), kind: index % 2 === 0 ? 'even' : 'odd' },
      InputDataConfig: [channel('train', name), channel('test', 'all')],
      OutputDataConfig: { S3OutputPath: 's3://bucket/out' },
      ResourceConfig: { InstanceCount: 1 + (index % 4), VolumeSizeInGB: 1 },
      EnableManagedSpotTraining: index % 5 === 0,
    };
    const at = START + index * MINUTE;
    const stored = insertJob(database, { kind: 'JobCreated', name, arn, request }, at);
    assert.ok(stored);
    if (index % 3 === 0) appendFact(database, stored, { kind: 'JobFailed', reason: 'because' }, at + 1);
    putTags(database, arn, [{ Key: 'team.name', Value: index < 4 ? 'blue' : 'red' }]);
  }
  const finalMetrics = (id: number) => [{ MetricName: 'val:loss', Value: id - 1, Timestamp: 1 }];
  const context = { database, finalMetrics } as unknown as SageMakerContext;
  const call = (more: object = {}) =>
    search(context, parse('SearchRequest', { Resource: 'TrainingJob', ...more }) as SearchRequest);
  const find = (SearchExpression: object) =>
    call({
      SearchExpression,
      SortBy: 'TrainingJobName',
      SortOrder: 'Ascending',
      MaxResults: 100,
    }).Results?.map(({ TrainingJob }) => Number(TrainingJob?.TrainingJobName?.slice(4)));
  const filter = (Name: string, Operator?: string, Value?: string) =>
    find({ Filters: [{ Name, ...(Operator && { Operator }), ...(Value !== undefined && { Value }) }] });
  return { context, database, call, find, filter };
}

test('a filter finds jobs by any property', (t) => {
  const { filter } = setUp(t, 8);
  assert.deepEqual(filter('TrainingJobName', 'Equals', 'job-03'), [3]);
  assert.deepEqual(filter('TrainingJobName', undefined, 'job-03'), [3]);
  assert.deepEqual(filter('TrainingJobName', 'Contains', '-0'), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(filter('TrainingJobName', 'In', 'job-01, job-05,other'), [1, 5]);
  assert.deepEqual(filter('TrainingJobStatus', 'Equals', 'Failed'), [0, 3, 6]);
  assert.deepEqual(filter('TrainingJobStatus', 'NotEquals', 'Failed'), [1, 2, 4, 5, 7]);
  assert.deepEqual(filter('FailureReason', 'Exists'), [0, 3, 6]);
  assert.deepEqual(filter('FailureReason', 'NotExists'), [1, 2, 4, 5, 7]);
  assert.deepEqual(filter('FailureReason', 'NotEquals', 'because'), [1, 2, 4, 5, 7]);
  assert.deepEqual(filter('HyperParameters.learning.rate', 'Equals', '4'), [4]);
  assert.deepEqual(filter('HyperParameters.kind', 'Equals', 'odd'), [1, 3, 5, 7]);
  assert.deepEqual(filter('HyperParameters.none', 'Exists'), []);
  assert.deepEqual(filter('Tags.team.name', 'Equals', 'blue'), [0, 1, 2, 3]);
  assert.deepEqual(filter('Metrics.val:loss', 'LessThan', '2.5'), [0, 1, 2]);
  assert.deepEqual(filter('Metrics.val:loss', 'GreaterThanOrEqualTo', '6'), [6, 7]);
  assert.deepEqual(filter('FinalMetricDataList.Value', 'Equals', '2'), [2]);
  assert.deepEqual(filter('ResourceConfig.InstanceCount', 'GreaterThan', '2'), [2, 3, 6, 7]);
  assert.deepEqual(filter('EnableManagedSpotTraining', 'Equals', 'True'), [0, 5]);
  assert.deepEqual(filter('CreationTime', 'LessThanOrEqualTo', '2026-01-01T00:02:00'), [0, 1, 2]);
  assert.deepEqual(filter('CreationTime', 'GreaterThan', '2026-01-01T01:05:00+01:00'), [6, 7]);
  assert.deepEqual(filter('InputDataConfig.ChannelName', 'Equals', 'test')?.length, 8);
});

test('nested filters ask one element for all', (t) => {
  const { find } = setUp(t, 3);
  const of = (channel: string, uri: string) => ({
    NestedFilters: [
      {
        NestedPropertyName: 'InputDataConfig',
        Filters: [
          { Name: 'InputDataConfig.ChannelName', Value: channel },
          { Name: 'InputDataConfig.DataSource.S3DataSource.S3Uri', Operator: 'Contains', Value: uri },
        ],
      },
    ],
  });
  assert.deepEqual(find(of('train', 'job-01')), [1]);
  assert.deepEqual(find(of('test', 'job-01')), []);
});

test('expressions are combined as they say', (t) => {
  const { find } = setUp(t, 8);
  const failed = { Name: 'TrainingJobStatus', Value: 'Failed' };
  const odd = { Name: 'HyperParameters.kind', Value: 'odd' };
  assert.deepEqual(find({ Filters: [failed, odd] }), [3]);
  assert.deepEqual(find({ Filters: [failed, odd], Operator: 'Or' }), [0, 1, 3, 5, 6, 7]);
  const either = { SubExpressions: [{ Filters: [failed] }, { Filters: [odd] }], Operator: 'Or' };
  assert.deepEqual(find(either), [0, 1, 3, 5, 6, 7]);
  const blue = { Name: 'Tags.team.name', Value: 'blue' };
  assert.deepEqual(find({ Filters: [blue], SubExpressions: [either] }), [0, 1, 3]);
  assert.equal(find({})?.length, 8);
});

test('any expression is what brute force makes of it', () => {
  const record = { TrainingJobName: 'a', BillableTimeInSeconds: 5, EnableManagedSpotTraining: true };
  const filter: fc.Arbitrary<Filter> = fc.constantFrom<Filter>(
    { Name: 'TrainingJobName', Value: 'a' },
    { Name: 'TrainingJobName', Value: 'b' },
    { Name: 'BillableTimeInSeconds', Operator: 'GreaterThan', Value: '4' },
    { Name: 'BillableTimeInSeconds', Operator: 'LessThan', Value: '5' },
    { Name: 'FailureReason', Operator: 'Exists' },
    { Name: 'EnableManagedSpotTraining', Value: 'true' },
  );
  const holds = ({ Name, Operator, Value }: Filter) =>
    Value !== 'b' && Operator !== 'LessThan' && Name !== 'FailureReason';
  const { expression } = fc.letrec<{ expression: SearchExpression }>((tie) => ({
    expression: fc.record(
      {
        Filters: fc.array(filter, { minLength: 1, maxLength: 3 }),
        SubExpressions: fc.array(tie('expression'), { minLength: 1, maxLength: 2, depthIdentifier: 'deep' }),
        Operator: fc.constantFrom('And' as const, 'Or' as const),
      },
      { requiredKeys: ['Filters'] },
    ),
  }));
  const brute = ({ Filters = [], SubExpressions = [], Operator }: SearchExpression): boolean => {
    const parts = [...Filters.map(holds), ...SubExpressions.map(brute)];
    return Operator === 'Or' ? parts.includes(true) : !parts.includes(false);
  };
  fc.assert(fc.property(expression, (each) => expressionTest(each)(record) === brute(each)));
});

test('pages in any order are together all jobs that pass, each once', (t) => {
  const { call } = setUp(t, 23);
  const wanted = { Filters: [{ Name: 'HyperParameters.kind', Value: 'odd' }] };
  for (const SortBy of [
    undefined,
    'LastModifiedTime',
    'CreationTime',
    'TrainingJobName',
    'TrainingJobStatus',
  ]) {
    for (const SortOrder of ['Ascending', 'Descending']) {
      const names: string[] = [];
      let NextToken: string | undefined;
      let hits = 0;
      do {
        const more = { ...(SortBy && { SortBy }), ...(NextToken && { NextToken }) };
        const page = call({ SearchExpression: wanted, SortOrder, MaxResults: 4, ...more });
        names.push(...(page.Results ?? []).map(({ TrainingJob }) => TrainingJob?.TrainingJobName ?? ''));
        NextToken = page.NextToken;
        hits = page.TotalHits?.Value ?? 0;
        assert.equal(page.TotalHits?.Relation, NextToken ? 'GreaterThanOrEqualTo' : 'EqualTo');
      } while (NextToken);
      assert.equal(hits, 11);
      assert.equal(new Set(names).size, 11);
      const sorted = [...names].sort();
      if (SortBy !== 'TrainingJobStatus')
        assert.deepEqual(names, SortOrder === 'Ascending' ? sorted : sorted.reverse());
    }
  }
});

test('a page looks at a bounded number of jobs', (t) => {
  const { call } = setUp(t, 1_050);
  const none = { Filters: [{ Name: 'TrainingJobName', Value: 'nobody' }] };
  const first = call({ SearchExpression: none });
  assert.deepEqual(first.Results, []);
  assert.ok(first.NextToken);
  const second = call({ SearchExpression: none, NextToken: first.NextToken });
  assert.deepEqual([second.Results, second.NextToken], [[], undefined]);
  assert.throws(() => call({ NextToken: first.NextToken }), { code: 'ValidationException' });
});

test('a result is the job with its metrics and tags', (t) => {
  const { call } = setUp(t, 1);
  const job = call().Results?.[0]?.TrainingJob;
  assert.equal(job?.TrainingJobStatus, 'Failed');
  assert.deepEqual(job?.Tags, [{ Key: 'team.name', Value: 'blue' }]);
  assert.deepEqual(job?.FinalMetricDataList, [{ MetricName: 'val:loss', Value: 0, Timestamp: 1 }]);
  assert.equal(job?.CreationTime, START / 1000);
});

test('what makes no sense, or is not served, is refused by name', (t) => {
  const { call } = setUp(t, 1);
  const of = (filter: object) => ({ SearchExpression: { Filters: [filter] } });
  const nested = (NestedPropertyName: string, Name: string) => ({
    SearchExpression: { NestedFilters: [{ NestedPropertyName, Filters: [{ Name, Value: 'x' }] }] },
  });
  let deep: object = {};
  for (let depth = 0; depth < 30; depth++) deep = { SubExpressions: [deep] };
  let deepest: object = {};
  for (let depth = 0; depth < 20_000; depth++) deepest = { SubExpressions: [deepest] };
  const refused: [object, RegExp][] = [
    [{ Resource: 'Experiment' }, /Resource Experiment/],
    [{ SortBy: 'FailureReason' }, /SortBy FailureReason/],
    [{ CrossAccountFilterOption: 'CrossAccount' }, /CrossAccount/],
    [{ VisibilityConditions: [{ Key: 'k', Value: 'v' }] }, /VisibilityConditions/],
    [of({ Name: 'Colour', Value: 'red' }), /^Unknown property name: Colour$/],
    [of({ Name: 'ResourceConfig.constructor', Value: 'red' }), /^Unknown property name/],
    [of({ Name: 'TrainingJobName' }), /must have a Value/],
    [of({ Name: 'TrainingJobName', Operator: 'Exists', Value: 'x' }), /must have no Value/],
    [of({ Name: 'TrainingJobName', Operator: 'LessThan', Value: 'x' }), /LessThan can't be used/],
    [of({ Name: 'BillableTimeInSeconds', Operator: 'Contains', Value: '1' }), /Contains can't be used/],
    [of({ Name: 'BillableTimeInSeconds', Value: 'x' }), /'x' of the filter .* is no number/],
    [of({ Name: 'CreationTime', Value: 'yesterday' }), /is no timestamp/],
    [of({ Name: 'ResourceConfig', Value: 'x' }), /is a structure/],
    [nested('TrainingJobName', 'TrainingJobName'), /nothing nested/],
    [nested('InputDataConfig', 'TrainingJobName'), /not in it/],
    [{ SearchExpression: deep }, /nested more than 20/],
  ];
  for (const [more, message] of refused)
    assert.throws(
      () => call(more),
      { code: 'ValidationException', message },
      JSON.stringify(more).slice(0, 200),
    );
  assert.throws(() => call({ SearchExpression: deepest }), { code: 'SerializationException' });
});

test('suggestions are the properties and the names that jobs have', (t) => {
  const { context } = setUp(t, 2);
  const suggest = (PropertyNameHint: string, Resource = 'TrainingJob') =>
    (
      getSearchSuggestions(context, {
        Resource: Resource as 'TrainingJob',
        SuggestionQuery: { PropertyNameQuery: { PropertyNameHint } },
      }) as GetSearchSuggestionsResponse
    ).PropertyNameSuggestions?.map(({ PropertyName }) => PropertyName);
  assert.deepEqual(suggest('HyperParameters.'), ['HyperParameters.kind', 'HyperParameters.learning.rate']);
  assert.deepEqual(suggest('Metrics.'), ['Metrics.val:loss']);
  assert.deepEqual(suggest('Tags.team'), ['Tags.team.name']);
  assert.ok(suggest('TrainingJob')?.includes('TrainingJobStatus'));
  assert.ok(
    suggest('InputDataConfig.DataSource.S3')?.includes('InputDataConfig.DataSource.S3DataSource.S3Uri'),
  );
  assert.equal(suggest('')?.length, 100);
  assert.deepEqual(suggest('nothing'), []);
  assert.throws(() => suggest('', 'Model'), { code: 'ValidationException' });
});
