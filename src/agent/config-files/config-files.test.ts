import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { test } from 'node:test';
import { interfaceOfOne } from '../instance-network.ts';
import { channel, never, planOf, REQUEST, testPlace } from '../testing/test-instance.fixture.ts';
import { inputDataConfig } from './input-data-config.ts';
import { resourceConfig } from './resource-config.ts';
import { upperSnake } from './upper-snake.ts';

const sharded = channel('data', 's3://b/Task1/input');
const seenChannel = {
  ...sharded,
  DataSource: {
    S3DataSource: { ...sharded.DataSource.S3DataSource, S3DataDistributionType: 'ShardedByS3Key' },
  },
} as const;

const plan = planOf({
  HyperParameters: { arg1: '5', sagemaker_program: '"algo.py"', sagemaker_region: '"us-east-1"' },
  InputDataConfig: [seenChannel],
  EnableNetworkIsolation: true,
});

test('the config files of a job, byte by byte', async (t) => {
  const place = await testPlace(t);
  place.storage.put('b', 'Task1/input/test', 'x');
  await place.agent(plan).prepare(never());
  const files: Record<string, string> = {};
  for (const name of await readdir(place.ml(plan, 'input', 'config'))) {
    const path = place.ml(plan, 'input', 'config', name);
    files[name] = await readFile(path, 'utf8');
    assert.equal((await stat(path)).mode & 0o777, 0o644 & ~process.umask(), name);
  }
  assert.deepEqual(files, {
    // training contract §1.3 [seen]
    'hyperparameters.json': `{"arg1":"5","sagemaker_program":"\\"algo.py\\"","sagemaker_region":"\\"us-east-1\\""}`,
    // training contract §1.3 [seen]
    'inputdataconfig.json': `{"data":{"TrainingInputMode":"File","S3DistributionType":"ShardedByS3Key","RecordWrapperType":"None"}}`,
    // training contract §1.3 [seen 2022-2025]; `lo` under network isolation
    'resourceconfig.json':
      '{"current_host":"algo-1","current_instance_type":"ml.c5.xlarge","current_group_name":"homogeneousCluster",' +
      '"hosts":["algo-1"],' +
      '"instance_groups":[{"instance_group_name":"homogeneousCluster","instance_type":"ml.c5.xlarge","hosts":["algo-1"]}],' +
      '"network_interface_name":"lo"}',
    // training contract §1.4 [seen]
    'init-config.json':
      '{"inputMode":"FILE","channels":{"data":{"s3DataSource":{"s3DataType":"S3_PREFIX","s3Uri":"s3://b/Task1/input",' +
      '"s3DataDistributionType":"SHARDED_BY_S3_KEY","attributeNames":null},"fileSystemDataSource":null,' +
      '"compressionType":"NONE","recordWrapper":"NONE","shuffleConfig":null,"inputMode":"FILE","sharded":true}},' +
      '"checkpointChannel":null,"hostConfig":{"clusterSize":1,"hostNumber":1},' +
      '"enableAdditionalPlatformLoggingForCustomer":false,"jobRunInfo":{"jobRunNumber":1}}',
    'metric-definition-regex.json': '[]',
    // training contract §1.4: the request enriched, data-source enums in UPPER_SNAKE
    'trainingjobconfig.json': JSON.stringify({
      ...plan.request,
      InputDataConfig: [
        {
          ChannelName: 'data',
          DataSource: {
            S3DataSource: {
              S3DataType: 'S3_PREFIX',
              S3Uri: 's3://b/Task1/input',
              S3DataDistributionType: 'SHARDED_BY_S3_KEY',
            },
          },
          CompressionType: 'NONE',
          RecordWrapperType: 'NONE',
        },
      ],
      TrainingJobArn: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/toy-1',
    }),
    'upstreamoutputdataconfig.json': '[]',
  });
});

test('a job without hyperparameters and channels has the files all the same', async (t) => {
  const place = await testPlace(t);
  const bare = planOf();
  await place.agent(bare).prepare(never());
  const config = (name: string) => readFile(place.ml(bare, 'input', 'config', name), 'utf8');
  assert.equal(await config('hyperparameters.json'), '{}');
  assert.equal(await config('inputdataconfig.json'), '{}');
});

test('/opt/ml has the folders that the platform makes (training contract §1.2)', async (t) => {
  const place = await testPlace(t);
  place.storage.put('b', 'Task1/input/test', 'x');
  await place.agent(plan).prepare(never());
  const folders: string[] = [];
  for (const entry of await readdir(place.ml(plan), { recursive: true, withFileTypes: true })) {
    const path = `${entry.parentPath}/${entry.name}`;
    if (!entry.isDirectory()) continue;
    folders.push(path.slice(place.ml(plan).length + 1));
    assert.equal((await stat(path)).mode & 0o777, 0o755 & ~process.umask(), path);
  }
  assert.deepEqual(folders.sort(), [
    'input',
    'input/config',
    'input/data',
    'input/data/data',
    'model',
    'output',
    'output/data',
    'output/metrics',
    'output/metrics/sagemaker',
    'output/profiler',
  ]);
});

test('metric definitions and tags are passed on', async (t) => {
  const place = await testPlace(t);
  const own = planOf({
    Tags: [{ Key: 'team', Value: 'x' }],
    AlgorithmSpecification: {
      TrainingInputMode: 'File',
      TrainingImage: 'toy',
      MetricDefinitions: [{ Name: 'loss', Regex: 'loss=(.*)' }],
    },
  });
  await place.agent(own).prepare(never());
  const config = async (name: string) =>
    JSON.parse(await readFile(place.ml(own, 'input', 'config', name), 'utf8'));
  assert.deepEqual(await config('metric-definition-regex.json'), [{ Name: 'loss', Regex: 'loss=(.*)' }]);
  const { Tags, BaseTags } = await config('trainingjobconfig.json');
  assert.deepEqual(
    { Tags, BaseTags },
    { Tags: [{ Key: 'team', Value: 'x' }], BaseTags: [{ Key: 'team', Value: 'x' }] },
  );
});

test('ContentType is told only when given, and a channel’s own InputMode wins (training contract §1.3)', () => {
  const given = planOf({
    AlgorithmSpecification: { ...REQUEST.AlgorithmSpecification, TrainingInputMode: 'Pipe' },
    InputDataConfig: [
      { ...channel('a', 's3://b/a'), ContentType: 'text/csv', InputMode: 'File' },
      { ...channel('b', 's3://b/b'), RecordWrapperType: 'RecordIO' },
    ],
  });
  assert.deepEqual(inputDataConfig(given), {
    a: {
      ContentType: 'text/csv',
      TrainingInputMode: 'File',
      S3DistributionType: 'FullyReplicated',
      RecordWrapperType: 'None',
    },
    b: { TrainingInputMode: 'Pipe', S3DistributionType: 'FullyReplicated', RecordWrapperType: 'RecordIO' },
  });
});

test('hosts are in the order of their letters (training contract §1.3)', () => {
  const hosts = Array.from({ length: 11 }, (_, at) => `algo-${at + 1}`);
  const sorted = ['algo-1', 'algo-10', 'algo-11', ...hosts.slice(1, 9)];
  const ResourceConfig = { InstanceType: 'ml.c5.xlarge', InstanceCount: 11 } as const;
  const config = resourceConfig(planOf({ ResourceConfig }, { hosts, host: 'algo-2' }), 'eth0');
  assert.deepEqual(config, {
    current_host: 'algo-2',
    current_instance_type: 'ml.c5.xlarge',
    current_group_name: 'homogeneousCluster',
    hosts: sorted,
    instance_groups: [
      { instance_group_name: 'homogeneousCluster', instance_type: 'ml.c5.xlarge', hosts: sorted },
    ],
    network_interface_name: 'eth0',
  });
});

test('each host is told of all groups (training contract §1.3)', () => {
  const InstanceGroups = [
    { InstanceGroupName: 'data', InstanceType: 'ml.c5.xlarge', InstanceCount: 2 },
    { InstanceGroupName: 'train', InstanceType: 'ml.m5.large', InstanceCount: 1 },
  ] as const;
  const own = { host: 'algo-3', groupName: 'train', instanceType: 'ml.m5.large' };
  const hosts = ['algo-1', 'algo-2', 'algo-3'];
  const grouped = planOf({ ResourceConfig: { InstanceGroups: [...InstanceGroups] } }, { ...own, hosts });
  assert.deepEqual(resourceConfig(grouped, 'eth0'), {
    current_host: 'algo-3',
    current_instance_type: 'ml.m5.large',
    current_group_name: 'train',
    hosts,
    instance_groups: [
      { instance_group_name: 'data', instance_type: 'ml.c5.xlarge', hosts: ['algo-1', 'algo-2'] },
      { instance_group_name: 'train', instance_type: 'ml.m5.large', hosts: ['algo-3'] },
    ],
    network_interface_name: 'eth0',
  });
});

test('the network interface is one that exists where the algorithm runs', () => {
  assert.equal(interfaceOfOne(planOf(), ['lo', 'eth0']), 'eth0');
  assert.equal(interfaceOfOne(planOf(), ['lo', 'ens5']), 'lo');
  assert.equal(interfaceOfOne(planOf({ EnableNetworkIsolation: true }), ['lo', 'eth0']), 'lo');
});

test('enum values as the undocumented files write them', () => {
  const values = ['File', 'FastFile', 'S3Prefix', 'ShardedByS3Key', 'FullyReplicated', 'None', 'RecordIO'];
  assert.deepEqual(values.map(upperSnake), [
    'FILE',
    'FAST_FILE',
    'S3_PREFIX',
    'SHARDED_BY_S3_KEY',
    'FULLY_REPLICATED',
    'NONE',
    'RECORD_IO',
  ]);
});
