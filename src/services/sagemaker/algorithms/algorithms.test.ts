import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CreateAlgorithmOutput,
  DescribeAlgorithmOutput,
  ListAlgorithmsOutput,
  ListTagsOutput,
} from '../../../model/types.generated.ts';
import { isError, request, startService } from '../sagemaker-service.fixture.ts';

const algorithm = {
  AlgorithmName: 'Trees',
  AlgorithmDescription: 'grows trees',
  TrainingSpecification: {
    TrainingImage: 'trainyard/host:latest',
    SupportedTrainingInstanceTypes: ['ml.m5.large'],
    SupportedHyperParameters: [{ Name: 'depth', Type: 'Integer', DefaultValue: '3' }],
    MetricDefinitions: [{ Name: 'loss', Regex: 'loss=(.*)' }],
    TrainingChannels: [{ Name: 'train', SupportedContentTypes: [], SupportedInputModes: ['File'] }],
  },
  Tags: [{ Key: 'team', Value: 'forest' }],
};
const ARN = 'arn:aws:sagemaker:us-east-1:123456789012:algorithm/trees';

test('an algorithm is stored, described, tagged, listed and forgotten', async (context) => {
  const service = startService(context);
  const { AlgorithmArn } = await service.call<CreateAlgorithmOutput>('CreateAlgorithm', algorithm);
  assert.equal(AlgorithmArn, ARN);
  for (const AlgorithmName of ['Trees', 'trees', ARN]) {
    const described = await service.call<DescribeAlgorithmOutput>('DescribeAlgorithm', { AlgorithmName });
    const { Tags: _, ...given } = algorithm;
    assert.deepEqual(described, {
      ...given,
      AlgorithmArn: ARN,
      CreationTime: service.clock.now() / 1000,
      AlgorithmStatus: 'Completed',
      AlgorithmStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
    });
  }
  const tags = await service.call<ListTagsOutput>('ListTags', { ResourceArn: ARN });
  assert.deepEqual(tags.Tags, algorithm.Tags);
  await assert.rejects(
    service.call('CreateAlgorithm', algorithm),
    isError('ValidationException', /already exists/),
  );
  await service.call('DeleteAlgorithm', { AlgorithmName: 'Trees' });
  for (const operation of ['DescribeAlgorithm', 'DeleteAlgorithm']) {
    await assert.rejects(
      service.call(operation, { AlgorithmName: 'Trees' }),
      isError('ValidationException', `Algorithm does not exist: ${ARN}`),
    );
  }
});

test('pages of algorithms give each that passes once, in order', async (context) => {
  const service = startService(context);
  for (const name of ['b-1', 'a-2', 'c-3', 'a-4']) {
    await service.call('CreateAlgorithm', { ...algorithm, AlgorithmName: name });
    await service.clock.advance(1000);
  }
  const list = async (filters: object) => {
    const names: string[] = [];
    let NextToken: string | undefined;
    do {
      const page: ListAlgorithmsOutput = await service.call('ListAlgorithms', {
        ...{ MaxResults: 1, ...filters },
        ...(NextToken && { NextToken }),
      });
      names.push(...page.AlgorithmSummaryList.map((each) => each.AlgorithmName));
      NextToken = page.NextToken;
    } while (NextToken);
    return names;
  };
  assert.deepEqual(await list({}), ['b-1', 'a-2', 'c-3', 'a-4']);
  assert.deepEqual(await list({ SortBy: 'Name', SortOrder: 'Descending' }), ['c-3', 'b-1', 'a-4', 'a-2']);
  assert.deepEqual(await list({ NameContains: 'a-' }), ['a-2', 'a-4']);
  const since = service.clock.now() / 1000 - 2.5;
  assert.deepEqual(await list({ CreationTimeAfter: since }), ['c-3', 'a-4']);
  assert.deepEqual(await list({ CreationTimeBefore: since }), ['b-1', 'a-2']);
});

test('a job of an algorithm has what it brings, keeps its rules, and outlives it', async (context) => {
  const service = startService(context, { trainFor: 1000 });
  const named = (more: object = {}) => ({
    ...request,
    AlgorithmSpecification: { AlgorithmName: 'trees', TrainingInputMode: 'File' },
    HyperParameters: {},
    ...more,
  });
  await assert.rejects(
    service.call('CreateTrainingJob', named()),
    isError('ValidationException', `Algorithm does not exist: ${ARN}`),
  );
  await service.call('CreateAlgorithm', algorithm);
  await assert.rejects(
    service.call('CreateTrainingJob', named({ HyperParameters: { depth: 'deep' } })),
    isError(
      'ValidationException',
      "Algorithm Trees: hyperparameter 'depth' must be an integer: it is 'deep'",
    ),
  );
  await service.call('CreateTrainingJob', named());
  await service.call('DeleteAlgorithm', { AlgorithmName: 'trees' });
  await service.clock.advance(2000);
  const { AlgorithmSpecification, HyperParameters, TrainingJobStatus } = await service.describe();
  assert.equal(TrainingJobStatus, 'Completed');
  assert.deepEqual(HyperParameters, { depth: '3' });
  assert.deepEqual(AlgorithmSpecification, {
    AlgorithmName: 'trees',
    TrainingInputMode: 'File',
    EnableSageMakerMetricsTimeSeries: false,
    MetricDefinitions: algorithm.TrainingSpecification.MetricDefinitions,
  });
});

test('what an algorithm can not have is refused, by name', async (context) => {
  const service = startService(context);
  const specification = (more: object) => ({
    TrainingSpecification: { ...algorithm.TrainingSpecification, ...more },
  });
  const cases: readonly [object, RegExp][] = [
    [{ CertifyForMarketplace: true }, /^CertifyForMarketplace can't be honoured/],
    [
      specification({ AdditionalS3DataSource: { S3DataType: 'S3Object', S3Uri: 's3://b/k' } }),
      /^TrainingSpecification\.AdditionalS3DataSource can't be honoured/,
    ],
    [specification({ MetricDefinitions: [{ Name: 'm', Regex: '(' }] }), /regular expression of metric 'm'/],
    [
      specification({ SupportedHyperParameters: [{ Name: 'n', Type: 'Integer', DefaultValue: 'x' }] }),
      /DefaultValue of hyperparameter 'n' must be an integer/,
    ],
    [
      specification({
        TrainingChannels: ['c', 'c'].map((Name) => ({
          ...{ Name, SupportedContentTypes: [], SupportedInputModes: ['File'] },
        })),
      }),
      /Duplicate name 'c'/,
    ],
  ];
  for (const [change, message] of cases) {
    await assert.rejects(
      service.call('CreateAlgorithm', { ...algorithm, ...change }),
      isError('ValidationException', message),
    );
  }
});
