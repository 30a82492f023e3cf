import assert from 'node:assert/strict';
import { before, describe as group, test } from 'node:test';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { CreateTrainingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { type Json, service, unique } from './cases.ts';
import { artifactFiles, create, describe, logLines, logStream, s3, waitForEnd } from './jobs.ts';

const PARTS = ['a', 'b', 'c', 'd', 'e'];

let data: string;
before(async () => {
  data = unique('parts');
  for (const name of PARTS)
    await s3.send(new PutObjectCommand({ Bucket: service.bucket, Key: `${data}/${name}`, Body: name }));
});

/** What a host printed: its `resourceconfig.json`, the files of its channels, its metric. */
async function told(job: string, host: string) {
  const [config = '{}', train = '', ...rest] = await logLines(job, host);
  return { config: JSON.parse(config), train: train.split(', '), rest };
}

group('a job of two instances', () => {
  let job: string;
  before(async () => {
    job = await create('cluster', 'two', {}, data);
    await waitForEnd(job);
  });

  test('each host is told of all of them, and has a log stream of its own (training contract §1.3, §5.4)', async () => {
    for (const host of ['algo-1', 'algo-2']) {
      assert.match((await logStream(job, host)) ?? '', new RegExp(`^${job}/${host}-\\d{10}$`));
      const { network_interface_name: _, ...config } = (await told(job, host)).config;
      assert.deepEqual(config, {
        current_host: host,
        current_instance_type: 'ml.m5.large',
        current_group_name: 'homogeneousCluster',
        hosts: ['algo-1', 'algo-2'],
        instance_groups: [
          {
            instance_group_name: 'homogeneousCluster',
            instance_type: 'ml.m5.large',
            hosts: ['algo-1', 'algo-2'],
          },
        ],
      });
    }
  });

  test('the shards of a channel hold each object once (§2.4)', async () => {
    assert.deepEqual((await told(job, 'algo-1')).train, ['a', 'c', 'e']);
    assert.deepEqual((await told(job, 'algo-2')).train, ['b', 'd']);
  });

  test('the model is of both hosts; where both wrote, the first one’s is kept and the log says so (§3.1)', async () => {
    const files = await artifactFiles(job, 'model.tar.gz');
    assert.deepEqual(files, {
      ...Object.fromEntries(PARTS.map((name) => [`parts/${name}`, name])),
      ...{ 'algo-1': 'algo-1\n', 'algo-2': 'algo-2\n', both: 'algo-1\n' },
    });
    const lines = await logLines(job, 'algo-1');
    assert.match(lines.at(-1) ?? '', /both of algo-2 was left out: algo-1 wrote it too/);
  });

  test('the seconds are those of one instance, and a metric is the last value of any host (§4.4, §5.1)', async () => {
    const description = await describe(job);
    assert.equal(description.ResourceConfig?.InstanceCount, 2);
    assert.equal(description.BillableTimeInSeconds, description.TrainingTimeInSeconds);
    const start = Number(description.TrainingStartTime);
    const elapsed = (Number(description.TrainingEndTime) - start) / 1000;
    // A job that ran has taken a second.
    assert.ok((description.TrainingTimeInSeconds ?? Number.NaN) <= Math.max(1, elapsed));
    const [metric, ...others] = description.FinalMetricDataList ?? [];
    assert.equal(others.length, 0);
    assert.ok(metric?.Value === 1 || metric?.Value === 2);
  });
});

test('a heterogeneous job: hosts are numbered through the groups, and a channel is for those that it names', async () => {
  const groups: CreateTrainingJobCommandInput['ResourceConfig'] = {
    InstanceGroups: [
      { InstanceGroupName: 'data', InstanceType: 'ml.c5.xlarge', InstanceCount: 1 },
      { InstanceGroupName: 'train', InstanceType: 'ml.m5.large', InstanceCount: 2 },
    ],
    VolumeSizeInGB: 1,
  };
  const channel = (ChannelName: string, InstanceGroupNames: string[], more = {}) => ({
    ChannelName,
    DataSource: {
      S3DataSource: {
        S3DataType: 'S3Prefix',
        S3Uri: `s3://${service.bucket}/${data}/`,
        InstanceGroupNames,
        ...more,
      },
    },
  });
  const InputDataConfig = [
    channel('train', ['data', 'train']),
    channel('group', ['train'], { S3DataDistributionType: 'ShardedByS3Key' }),
  ];
  const set = { ResourceConfig: groups, InputDataConfig } as unknown as Readonly<Record<string, Json>>;
  const job = await create('cluster', 'groups', { set }, data);
  await waitForEnd(job);
  const found = await Promise.all(['algo-1', 'algo-2', 'algo-3'].map((host) => told(job, host)));
  assert.deepEqual(
    found.map(({ config }) => [config.current_host, config.current_group_name, config.current_instance_type]),
    [
      ['algo-1', 'data', 'ml.c5.xlarge'],
      ['algo-2', 'train', 'ml.m5.large'],
      ['algo-3', 'train', 'ml.m5.large'],
    ],
  );
  for (const { config, train } of found) {
    assert.deepEqual(train, PARTS);
    assert.deepEqual(config.instance_groups, [
      { instance_group_name: 'data', instance_type: 'ml.c5.xlarge', hosts: ['algo-1'] },
      { instance_group_name: 'train', instance_type: 'ml.m5.large', hosts: ['algo-2', 'algo-3'] },
    ]);
  }
  assert.deepEqual(
    found.map(({ rest }) => rest[0]),
    ['metric=1', 'a, c, e', 'b, d'],
  );
  assert.deepEqual((await describe(job)).ResourceConfig, groups);
});

test('the first host to fail is named, and ends the others', async () => {
  const script =
    'grep -q \'"current_host":"algo-2"\' /opt/ml/input/config/resourceconfig.json && exit 7; sleep 60; exit 0';
  const set = { 'AlgorithmSpecification.ContainerArguments': [script] };
  const job = await create('cluster', 'failing', { set }, data);
  await assert.rejects(waitForEnd(job));
  assert.match((await describe(job)).FailureReason ?? '', /^AlgorithmError: .*on algo-2 .*, exit code: 7$/);
});

test('more instances than the machine will ever have are refused (wire-api §9)', async () => {
  const set = { 'ResourceConfig.InstanceCount': 1000 };
  await assert.rejects(create('cluster', 'wide', { set }, data), {
    name: 'ResourceLimitExceeded',
    message: /^The account-level service limit '.*' is \d+ Instances, with current utilization of \d+ /,
  });
});
