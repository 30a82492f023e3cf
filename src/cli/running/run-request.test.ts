import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFlags, checkRequest, nameOf, type RunFlags, runRequest } from './run-request.ts';

const FLAGS: RunFlags = {
  ...{
    image: 'trainyard/host:latest',
    instanceType: 'ml.m5.large',
    instances: 2,
    volume: 30,
    role: 'trainyard',
  },
  ...{ channel: [], metric: [], hyperparameter: [], env: [] },
};
const PLACES = { account: '123456789012', base: 's3://bucket/base' };

test('the request has the code as a channel, and what the options say', () => {
  const request = runRequest(
    'job',
    ['python3', 'train.py'],
    {
      ...FLAGS,
      channel: [
        ['train', './data'],
        ['other', 's3://elsewhere/x'],
      ],
      metric: [['loss', 'loss=([0-9.]+)']],
      hyperparameter: [['lr', '0.1']],
      env: [['A', 'b=c']],
      spot: true,
      maxRuntime: 600,
    },
    PLACES,
  );
  assert.deepEqual(
    request.InputDataConfig?.map(({ ChannelName, DataSource }) => [
      ChannelName,
      DataSource.S3DataSource?.S3Uri,
    ]),
    [
      ['code', 's3://bucket/base/job/code/'],
      ['train', 's3://bucket/base/job/input/train/'],
      ['other', 's3://elsewhere/x'],
    ],
  );
  assert.deepEqual(request.AlgorithmSpecification?.ContainerArguments, ['python3', 'train.py']);
  assert.deepEqual(request.AlgorithmSpecification?.MetricDefinitions, [
    { Name: 'loss', Regex: 'loss=([0-9.]+)' },
  ]);
  assert.deepEqual([request.HyperParameters, request.Environment], [{ lr: '0.1' }, { A: 'b=c' }]);
  assert.deepEqual(request.StoppingCondition, { MaxRuntimeInSeconds: 600, MaxWaitTimeInSeconds: 1200 });
  assert.equal(request.EnableManagedSpotTraining, true);
  assert.equal(request.RoleArn, 'arn:aws:iam::123456789012:role/trainyard');
});

test('names are valid for SageMaker, whatever is run', () => {
  const now = new Date('2026-02-03T04:05:06.789Z');
  assert.equal(nameOf(['python3', 'src/my_train.py'], '/x', now), 'my-train-2026-02-03-04-05-06-789');
  for (const command of [['true'], ['__.py'], [`${'a-'.repeat(50)}.py`]])
    assert.match(nameOf(command, '/', now), /^(?=.{1,63}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*$/);
});

test('options that contradict each other are refused by name', () => {
  const twice = { ...FLAGS, env: [['A', '1'] as const, ['A', '2'] as const] };
  assert.throws(() => checkFlags(twice), /--env A is given twice/);
  assert.throws(() => checkFlags({ ...FLAGS, channel: [['code', './x']] }), /the channel code/);
});

test('a request that the server would refuse in itself is refused in its words', () => {
  const check = (name: string, flags: Partial<RunFlags>) =>
    checkRequest(runRequest(name, ['true'], { ...FLAGS, ...flags }, PLACES));
  check('job', { metric: [['loss', 'loss=([0-9.]+)']], hyperparameter: [['lr', '0.1']], spot: true });
  const refused: readonly [name: string, flags: Partial<RunFlags>, words: RegExp][] = [
    ['a b', {}, /^1 validation error detected: Value 'a b' at 'trainingJobName' failed to satisfy/],
    ['job', { hyperparameter: [['x'.repeat(257), '1']] }, /at 'hyperParameters' failed to satisfy .* 256/],
    ['job', { env: [['1A', 'b']] }, /at 'environment' failed to satisfy/],
    ['job', { channel: [['a/b', 's3://b/k']] }, /at 'inputDataConfig\.2\.member\.channelName'/],
    ['job', { metric: [['loss', 'loss=(']] }, /^Invalid AlgorithmSpecification\.MetricDefinitions: .*'loss'/],
    ['job', { maxRuntime: 29 * 86_400 }, /^Invalid MaxRuntimeInSeconds/],
  ];
  for (const [name, flags, message] of refused)
    assert.throws(() => check(name, flags), { name: 'CommandFailed', message });
});
