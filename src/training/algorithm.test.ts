import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateTrainingJobRequest, TrainingSpecification } from '../model/types.generated.ts';
import { BrokenAlgorithmRule, brokenValue, completedBy } from './algorithm.ts';

const specification: TrainingSpecification = {
  TrainingImage: 'registry.example:5000/trees:2',
  SupportedTrainingInstanceTypes: ['ml.m5.large'],
  MetricDefinitions: [{ Name: 'loss', Regex: 'loss=(.*)' }],
  SupportedHyperParameters: [
    {
      Name: 'depth',
      Type: 'Integer',
      IsRequired: true,
      Range: { IntegerParameterRangeSpecification: { MinValue: '1', MaxValue: '9' } },
    },
    { Name: 'eta', Type: 'Continuous', DefaultValue: '0.3' },
    {
      Name: 'booster',
      Type: 'Categorical',
      Range: { CategoricalParameterRangeSpecification: { Values: ['tree', 'linear'] } },
    },
    { Name: 'note', Type: 'FreeText' },
  ],
  TrainingChannels: [
    {
      Name: 'train',
      IsRequired: true,
      SupportedContentTypes: ['text/csv'],
      SupportedCompressionTypes: ['None'],
      SupportedInputModes: ['File'],
    },
    { Name: 'validation', SupportedContentTypes: [], SupportedInputModes: ['File', 'Pipe'] },
  ],
};

const channel = (ChannelName: string, more: object = {}) => ({
  ChannelName,
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://b/p' } },
  ...more,
});

const request = {
  TrainingJobName: 'job',
  RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
  AlgorithmSpecification: { AlgorithmName: 'trees', TrainingInputMode: 'File' },
  OutputDataConfig: { S3OutputPath: 's3://b/o' },
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
  HyperParameters: { depth: '3' },
  InputDataConfig: [channel('train', { ContentType: 'text/csv' })],
} as CreateTrainingJobRequest;

const completed = (change: object = {}, more: Partial<TrainingSpecification> = {}) =>
  completedBy({ name: 'trees', specification: { ...specification, ...more } }, {
    ...request,
    ...change,
  } as CreateTrainingJobRequest);

test('the algorithm brings its image, its metrics and its defaults; what the request says wins', () => {
  const { AlgorithmSpecification: algorithm, HyperParameters } = completed();
  assert.equal(algorithm?.TrainingImage, 'registry.example:5000/trees:2');
  assert.deepEqual(algorithm?.MetricDefinitions, specification.MetricDefinitions);
  assert.deepEqual(HyperParameters, { eta: '0.3', depth: '3' });
  const own = { HyperParameters: { depth: '4', eta: '1e-2' } };
  assert.deepEqual(completed(own).HyperParameters, { eta: '1e-2', depth: '4' });
});

test('with a digest, it is that image and no other', () => {
  const digest = `sha256:${'A'.repeat(64)}`;
  const image = (TrainingImage: string) =>
    completed({}, { TrainingImage, TrainingImageDigest: digest }).AlgorithmSpecification?.TrainingImage;
  const named = digest.toLowerCase();
  assert.equal(image('registry.example:5000/trees:2'), `registry.example:5000/trees@${named}`);
  assert.equal(image('registry.example:5000/trees'), `registry.example:5000/trees@${named}`);
});

test('what the algorithm does not allow is refused, by name', () => {
  const resources = (more: object) => ({ ResourceConfig: { ...request.ResourceConfig, ...more } });
  const cases: readonly [object, RegExp][] = [
    [{ HyperParameters: {} }, /hyperparameter 'depth' is required/],
    [{ HyperParameters: { depth: '3', typo: '1' } }, /hyperparameter 'typo' is not supported/],
    [{ HyperParameters: { depth: '10' } }, /'depth' must be from 1 to 9: it is '10'/],
    [{ HyperParameters: { depth: 'deep' } }, /'depth' must be an integer/],
    [{ HyperParameters: { depth: '3', booster: 'log' } }, /must be one of tree, linear: it is 'log'/],
    [{ InputDataConfig: [] }, /channel 'train' is required/],
    [{ InputDataConfig: [channel('train'), channel('test')] }, /channel 'test' is not supported/],
    [
      { InputDataConfig: [channel('train', { InputMode: 'Pipe' })] },
      /InputMode must be one of File: it is Pipe/,
    ],
    [
      { InputDataConfig: [channel('train', { CompressionType: 'Gzip' })] },
      /CompressionType must be one of None/,
    ],
    [
      { InputDataConfig: [channel('train', { ContentType: 'text/json' })] },
      /ContentType must be one of text\/csv/,
    ],
    [resources({ InstanceType: 'ml.c5.large' }), /instance type ml\.c5\.large is not supported/],
    [resources({ InstanceCount: 2 }), /distributed training is not supported/],
  ];
  for (const [change, message] of cases) {
    assert.throws(
      () => completed(change),
      (error) =>
        error instanceof BrokenAlgorithmRule &&
        message.test(error.message) &&
        /^Algorithm trees: /.test(error.message),
      JSON.stringify(change),
    );
  }
  completed(resources({ InstanceCount: 2 }), { SupportsDistributedTraining: true });
  const { SupportedHyperParameters: _, ...anything } = specification;
  const free = { name: 'free', specification: anything };
  assert.deepEqual(completedBy(free, { ...request, HyperParameters: { anything: 'goes' } }).HyperParameters, {
    anything: 'goes',
  });
});

test('numbers are numbers', () => {
  const [integer, real] = [
    { Name: 'n', Type: 'Integer' },
    { Name: 'x', Type: 'Continuous' },
  ] as const;
  for (const good of ['1', '-3', '+7', ' 12 ']) assert.equal(brokenValue(integer, good), undefined, good);
  for (const bad of ['', '1.5', '1e3', 'x', '0x10']) assert.ok(brokenValue(integer, bad), bad);
  for (const good of ['1', '.5', '-1.', '1e-3', '2.5E10'])
    assert.equal(brokenValue(real, good), undefined, good);
  for (const bad of ['', '.', 'e3', '1,5', 'NaN']) assert.ok(brokenValue(real, bad), bad);
});
