import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  ListTagsOutput,
  ListTrainingJobsResponse,
  UpdateTrainingJobResponse,
} from '../../model/types.generated.ts';
import { parse } from '../../model/validator.ts';
import { limitedTo } from '../access/permissions.ts';
import { refusedMembers } from './refused-members.ts';
import { isError, ROLE, request, startService } from './sagemaker-service.fixture.ts';

test('a minimal job is described with the defaults that SageMaker shows (training contract §0.2)', async (context) => {
  const service = startService(context, { trainFor: 5000, artifacts: { model: 's3://bucket/out/m' } });
  const { TrainingJobArn } = await service.call<{ TrainingJobArn: string }>('CreateTrainingJob', request);
  assert.equal(TrainingJobArn, 'arn:aws:sagemaker:us-east-1:123456789012:training-job/my-job');
  const fresh = await service.describe();
  assert.equal(fresh.TrainingJobName, 'My-Job');
  assert.deepEqual(fresh.OutputDataConfig, {
    KmsKeyId: '',
    CompressionType: 'GZIP',
    S3OutputPath: 's3://bucket/out',
  });
  assert.equal(fresh.EnableNetworkIsolation, false);
  assert.equal(fresh.EnableManagedSpotTraining, false);
  assert.equal(fresh.AlgorithmSpecification?.EnableSageMakerMetricsTimeSeries, false);
  assert.deepEqual(fresh.ModelArtifacts, { S3ModelArtifacts: 's3://bucket/out/My-Job/output/model.tar.gz' });
  assert.equal(fresh.TrainingTimeInSeconds, undefined);
  await service.clock.advance(6000);
  const done = await service.describe();
  assert.equal(done.TrainingJobStatus, 'Completed');
  assert.deepEqual(done.ModelArtifacts, { S3ModelArtifacts: 's3://bucket/out/m' });
  assert.equal(done.TrainingTimeInSeconds, 5);
  assert.equal(done.BillableTimeInSeconds, 5);
  // What goes over the wire conforms to the model.
  for (const response of [fresh, done])
    parse('DescribeTrainingJobResponse', JSON.parse(JSON.stringify(response)));
});

test('a job is found by its name in any case, and its name is taken (wire-api §9)', async (context) => {
  const service = startService(context);
  await service.call('CreateTrainingJob', request);
  assert.equal((await service.describe('my-job')).TrainingJobName, 'My-Job');
  await assert.rejects(
    service.call('CreateTrainingJob', { ...request, TrainingJobName: 'my-job' }),
    isError(
      'ResourceInUse',
      'Training job names must be unique within an AWS account and region, and a training job with this name already exists (arn:aws:sagemaker:us-east-1:123456789012:training-job/my-job)',
    ),
  );
});

test('a job whose name is taken leaves the tags of the one that has it as they are', async (context) => {
  const service = startService(context);
  const tagged = (Value: string) => ({ ...request, Tags: [{ Key: 'team', Value }] });
  const { TrainingJobArn: ResourceArn } = await service.call<{ TrainingJobArn: string }>(
    'CreateTrainingJob',
    tagged('first'),
  );
  await assert.rejects(
    service.call('CreateTrainingJob', tagged('second')),
    isError('ResourceInUse', /unique/),
  );
  const { Tags } = await service.call<ListTagsOutput>('ListTags', { ResourceArn });
  assert.deepEqual(Tags, [{ Key: 'team', Value: 'first' }]);
});

test('what is not there is a ValidationException (wire-api §9)', async (context) => {
  const service = startService(context);
  for (const name of ['DescribeTrainingJob', 'StopTrainingJob', 'DeleteTrainingJob']) {
    await assert.rejects(
      service.call(name, { TrainingJobName: 'none' }),
      isError('ValidationException', 'Requested resource not found.'),
    );
  }
});

test('the checks of what a request names (wire-api §9)', async (context) => {
  const service = startService(context);
  const channel = (uri: string) => [
    { ChannelName: 'train', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri } } },
  ];
  const role = 'arn:aws:iam::123456789012:role/other';
  await assert.rejects(
    service.call('CreateTrainingJob', { ...request, RoleArn: role }),
    isError(
      'ValidationException',
      `Could not assume role ${role}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`,
    ),
  );
  await assert.rejects(
    service.call('CreateTrainingJob', { ...request, InputDataConfig: channel('s3://bucket/none') }),
    isError(
      'ValidationException',
      `No S3 objects found under S3 URL "s3://bucket/none" given in input data source. Please ensure that the bucket exists in the selected region (us-east-1), that objects exist under that S3 prefix, and that the role "${ROLE}" has "s3:ListBucket" permissions on bucket "bucket".`,
    ),
  );
  await assert.rejects(
    service.call('CreateTrainingJob', { ...request, OutputDataConfig: { S3OutputPath: 's3://nowhere/x' } }),
    isError(
      'ValidationException',
      /OutputDataConfig\.S3OutputPath names a bucket that does not exist: s3:\/\/nowhere\/x/,
    ),
  );
  for (const change of [
    { CheckpointConfig: { S3Uri: 's3://nowhere/x' } },
    { TensorBoardOutputConfig: { S3OutputPath: 's3://nowhere/x' } },
  ]) {
    await assert.rejects(
      service.call('CreateTrainingJob', { ...request, ...change }),
      isError('ValidationException', /Config\.S3\w+ names a bucket that does not exist: s3:\/\/nowhere\/x/),
    );
  }
  await service.call('CreateTrainingJob', { ...request, InputDataConfig: channel('s3://bucket/data/') });
});

test('a manifest is an object of its own, not a prefix', async (context) => {
  const service = startService(context);
  const manifest = (S3Uri: string) => ({
    InputDataConfig: [
      { ChannelName: 'train', DataSource: { S3DataSource: { S3DataType: 'ManifestFile', S3Uri } } },
    ],
  });
  for (const uri of ['s3://bucket/data/', 's3://bucket/data', 's3://nowhere/data/a']) {
    await assert.rejects(
      service.call('CreateTrainingJob', { ...request, ...manifest(uri) }),
      isError('ValidationException', new RegExp(`^No S3 objects found under S3 URL "${uri}" `)),
    );
  }
  await service.call('CreateTrainingJob', { ...request, ...manifest('s3://bucket/data/a') });
});

test('synced folders are described as they were asked for', async (context) => {
  const service = startService(context);
  const synced = {
    CheckpointConfig: { S3Uri: 's3://bucket/c' },
    TensorBoardOutputConfig: { S3OutputPath: 's3://bucket/t', LocalPath: '/board' },
  };
  await service.call('CreateTrainingJob', { ...request, ...synced });
  const described = await service.describe();
  assert.deepEqual(described.CheckpointConfig, synced.CheckpointConfig);
  assert.deepEqual(described.TensorBoardOutputConfig, synced.TensorBoardOutputConfig);
});

const channels = (...names: string[]) => ({
  InputDataConfig: names.map((ChannelName) => ({
    ChannelName,
    DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://bucket/data/' } },
  })),
});

const groups = (InstanceCount: number) => [
  { InstanceGroupName: 'g1', InstanceType: 'ml.m5.large', InstanceCount },
];
const forGroups = (...InstanceGroupNames: string[]) => ({
  InputDataConfig: [
    {
      ChannelName: 'train',
      DataSource: {
        S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://bucket/data/', InstanceGroupNames },
      },
    },
  ],
});

/** Changes of the request that break a rule between members, and what is said of them. */
const broken: readonly [change: object, message: RegExp][] = [
  [
    { StoppingCondition: { MaxRuntimeInSeconds: 1, MaxWaitTimeInSeconds: 2 } },
    /^Invalid MaxWaitTimeInSeconds\. It is only supported when EnableManagedSpotTraining is set to true$/,
  ],
  [{ StoppingCondition: { MaxRuntimeInSeconds: 2_419_201 } }, /MaxRuntimeInSeconds.*28 days/],
  [{ AlgorithmSpecification: undefined }, /AlgorithmSpecification must be specified/],
  [{ ResourceConfig: undefined }, /ResourceConfig must be specified/],
  [
    { AlgorithmSpecification: { TrainingInputMode: 'File' } },
    /Exactly one of .*TrainingImage and .*AlgorithmName/,
  ],
  [{ ResourceConfig: { InstanceCount: 1 } }, /Exactly one of ResourceConfig\.InstanceType/],
  [{ ResourceConfig: { InstanceType: 'ml.m5.large' } }, /ResourceConfig\.InstanceCount/],
  [
    { ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, SelectedInstanceCount: 1 } },
    /SelectedInstanceType/,
  ],
  [
    { ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, InstanceGroups: groups(1) } },
    /Exactly one of ResourceConfig\.InstanceType, ResourceConfig\.InstanceGroups/,
  ],
  [
    { ResourceConfig: { InstanceCount: 1, InstanceGroups: groups(1) } },
    /ResourceConfig\.InstanceCount must not be specified with ResourceConfig\.InstanceGroups/,
  ],
  [{ ResourceConfig: { InstanceGroups: [] } }, /InstanceGroups must have at least one group/],
  [{ ResourceConfig: { InstanceGroups: groups(0) } }, /InstanceCount of group g1 .* must be at least 1/],
  [
    { ResourceConfig: { InstanceGroups: [...groups(1), ...groups(1)] } },
    /Duplicate instance group name 'g1' in ResourceConfig\.InstanceGroups/,
  ],
  [
    { ResourceConfig: { InstanceGroups: groups(1) }, ...forGroups('g1', 'g2') },
    /Invalid InstanceGroupNames of channel train in InputDataConfig: 'g2' is not the name of a group/,
  ],
  [forGroups('homogeneousCluster'), /'homogeneousCluster' is not the name of a group/],
  [
    {
      AlgorithmSpecification: {
        ...request.AlgorithmSpecification,
        MetricDefinitions: [
          { Name: 'loss', Regex: '(a)' },
          { Name: 'loss', Regex: '(b)' },
        ],
      },
    },
    /Duplicate metric name 'loss'/,
  ],
  [
    {
      AlgorithmSpecification: {
        ...request.AlgorithmSpecification,
        MetricDefinitions: [{ Name: 'loss', Regex: '(a' }],
      },
    },
    /MetricDefinitions: the regular expression of metric 'loss' can't be used/,
  ],
  [channels('..'), /Invalid channel name '\.\.'/],
  [channels('a', 'a'), /Duplicate channel name 'a'/],
  [channels('a', 'a-manifest'), /Invalid channel name 'a-manifest'.*of channel a/],
  [{ Tags: [{ Key: 'aws:x', Value: '' }] }, /aws: prefixed tag key names are not allowed/],
  [
    {
      Tags: [
        { Key: 'k', Value: '1' },
        { Key: 'k', Value: '2' },
      ],
    },
    /Duplicate tag key 'k'/,
  ],
];

test('a job of several instances is described as it was asked for, and its seconds are those of one of them (§4.4)', async (context) => {
  const service = startService(context, { trainFor: 5000 }, undefined, { instances: 3 });
  const InstanceGroups = [...groups(2), { ...groups(1)[0], InstanceGroupName: 'g2' }];
  const change = { ResourceConfig: { InstanceGroups, VolumeSizeInGB: 1 }, ...forGroups('g2') };
  await service.call('CreateTrainingJob', { ...request, ...change });
  await service.clock.advance(6000);
  const described = await service.describe();
  assert.equal(described.TrainingJobStatus, 'Completed');
  assert.deepEqual(described.ResourceConfig, change.ResourceConfig);
  assert.deepEqual(described.InputDataConfig?.[0]?.DataSource.S3DataSource?.InstanceGroupNames, ['g2']);
  assert.equal(described.TrainingTimeInSeconds, 5);
  assert.equal(described.BillableTimeInSeconds, 5);
});

test('what will never fit is refused, what may fit waits (wire-api §9)', async (context) => {
  const settings = { quotas: { 'ml.m5.large': 2 }, pools: {} };
  const service = startService(context, { trainFor: 60_000 }, undefined, { instances: 3, settings });
  const of = (InstanceCount: number, InstanceType = 'ml.m5.large') => ({
    ResourceConfig: { InstanceType, InstanceCount, VolumeSizeInGB: 1 },
  });
  await service.call('CreateTrainingJob', { ...request, ...of(1) });
  await assert.rejects(
    service.call('CreateTrainingJob', { ...request, TrainingJobName: 'wide', ...of(3) }),
    isError(
      'ResourceLimitExceeded',
      "The account-level service limit 'ml.m5.large for training job usage' is 2 Instances, with current utilization of 1 Instances and a request delta of 3 Instances. Please raise the setting quotas.ml.m5.large of this deployment to increase this limit.",
    ),
  );
  await assert.rejects(
    service.call('CreateTrainingJob', { ...request, TrainingJobName: 'wide', ...of(4, 'ml.c5.xlarge') }),
    isError('ResourceLimitExceeded', /'Number of instances across training jobs' is 3 .* delta of 4 /),
  );
  await service.call('CreateTrainingJob', { ...request, TrainingJobName: 'waits', ...of(2) });
  assert.equal((await service.describe('waits')).SecondaryStatus, 'Pending');
});

test('rules between members', async (context) => {
  const service = startService(context);
  for (const [change, message] of broken) {
    await assert.rejects(
      service.call('CreateTrainingJob', { ...request, ...change }),
      isError('ValidationException', message),
    );
  }
});

const resources = (more: object) => ({ ResourceConfig: { ...request.ResourceConfig, ...more } });
const s3Channel = (more: object, source: object = {}) => ({
  InputDataConfig: [
    {
      ChannelName: 'train',
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://bucket/data/', ...source } },
      ...more,
    },
  ],
});
const otherSource = (source: object) => ({ InputDataConfig: [{ ChannelName: 'train', DataSource: source }] });
const rule = { RuleConfigurationName: 'rule', RuleEvaluatorImage: 'image' };
const plan = `arn:aws:sagemaker:us-east-1:123456789012:training-plan/${'p'.repeat(10)}`;

test('a key to encrypt artifacts with must exist where that can be known', async (context) => {
  const withKey = (KmsKeyId: string) => ({
    ...request,
    OutputDataConfig: { ...request.OutputDataConfig, KmsKeyId },
  });
  const known = startService(context, {}, ['alias/mine']);
  await assert.rejects(
    known.call('CreateTrainingJob', withKey('alias/none')),
    isError(
      'ValidationException',
      'OutputDataConfig.KmsKeyId names a KMS key that does not exist: alias/none. Keys are made by the setting kms.keys.',
    ),
  );
  await known.call('CreateTrainingJob', withKey('alias/mine'));
  assert.equal((await known.describe()).OutputDataConfig?.KmsKeyId, 'alias/mine');
  const elsewhere = startService(context);
  await elsewhere.call('CreateTrainingJob', withKey('alias/none'));
  assert.equal((await elsewhere.describe()).OutputDataConfig?.KmsKeyId, 'alias/none');
});

/** For each refused member, a request that uses it. */
const uses: Readonly<Record<string, object>> = {
  'InputDataConfig.DataSource.DatasetSource': otherSource({
    DatasetSource: { DatasetArn: 'arn:aws:sagemaker:us-east-1:aws:hub-content/hub/DataSet/data' },
  }),
  'InputDataConfig.DataSource.S3DataSource.ModelAccessConfig': s3Channel(
    {},
    { ModelAccessConfig: { AcceptEula: true } },
  ),
  'InputDataConfig.DataSource.S3DataSource.HubAccessConfig': s3Channel(
    {},
    { HubAccessConfig: { HubContentArn: 'x' } },
  ),
  'ResourceConfig.InstancePreferences': {
    ResourceConfig: { VolumeSizeInGB: 1, InstancePreferences: [{ InstanceType: 'ml.m5.large' }] },
  },
  'ResourceConfig.InstancePlacementConfig': resources({
    InstancePlacementConfig: { EnableMultipleJobs: true },
  }),
  'ResourceConfig.TrainingPlanArn': resources({ TrainingPlanArn: plan }),
  'ResourceConfig.VolumeKmsKeyId': resources({ VolumeKmsKeyId: 'key' }),
  DebugRuleConfigurations: { DebugRuleConfigurations: [rule] },
  ExperimentConfig: { ExperimentConfig: { ExperimentName: 'e' } },
  ProfilerRuleConfigurations: { ProfilerRuleConfigurations: [rule] },
  ServerlessJobConfig: {
    ServerlessJobConfig: {
      BaseModelArn: 'arn:aws:sagemaker:us-east-1:aws:hub-content/hub/Model/model',
      JobType: 'FineTuning',
    },
  },
  MlflowConfig: {
    MlflowConfig: { MlflowResourceArn: 'arn:aws:sagemaker:us-east-1:123456789012:mlflow-app/a' },
  },
  ModelPackageConfig: {
    ModelPackageConfig: {
      ModelPackageGroupArn: 'arn:aws:sagemaker:us-east-1:123456789012:model-package-group/g',
    },
  },
  'SessionChainingConfig.EnableSessionTagChaining': {
    SessionChainingConfig: { EnableSessionTagChaining: true },
  },
};

test('each member that can not be honoured yet is refused by its name', async (context) => {
  const service = startService(context);
  assert.deepEqual(
    Object.keys(uses),
    refusedMembers.map((each) => each.member),
  );
  for (const [member, change] of Object.entries(uses)) {
    await assert.rejects(service.call('CreateTrainingJob', { ...request, ...change }), (error) => {
      isError('ValidationException', /can't be honoured by this deployment/)(error);
      assert.ok((error as Error).message.startsWith(`${member} `), `${member}: ${(error as Error).message}`);
      return true;
    });
  }
});

test('what the driver can’t give a job’s network is refused with the driver’s words', async (context) => {
  const VpcConfig = { SecurityGroupIds: ['sg-1'], Subnets: ['subnet-1'] };
  await assert.rejects(
    startService(context).call('CreateTrainingJob', { ...request, VpcConfig }),
    isError('ValidationException', /^VpcConfig can't .* a scripted machine has no networks\.$/),
  );
});

test('members that are switched off are accepted and described', async (context) => {
  const service = startService(context);
  const off = {
    RemoteDebugConfig: { EnableRemoteDebug: false },
    InfraCheckConfig: { EnableInfraCheck: false },
  };
  await service.call('CreateTrainingJob', { ...request, ...off, DebugRuleConfigurations: [] });
  const described = await service.describe();
  assert.deepEqual(described.RemoteDebugConfig, off.RemoteDebugConfig);
  assert.deepEqual(described.InfraCheckConfig, off.InfraCheckConfig);
});

test('remote debugging can be switched while a job is Downloading or Training', async (context) => {
  const service = startService(context, { prepareFor: 1000, trainFor: 60_000 });
  const update = (members: object) =>
    service.call('UpdateTrainingJob', { TrainingJobName: request.TrainingJobName, ...members });
  const enable = (EnableRemoteDebug: boolean) => update({ RemoteDebugConfig: { EnableRemoteDebug } });
  await assert.rejects(enable(true), isError('ValidationException', 'Requested resource not found.'));
  await service.call('CreateTrainingJob', request);
  assert.equal((await service.describe()).RemoteDebugConfig, undefined);
  await service.clock.advance(2000);
  const { TrainingJobArn } = (await enable(true)) as UpdateTrainingJobResponse;
  assert.equal(TrainingJobArn, (await service.describe()).TrainingJobArn);
  assert.deepEqual((await service.describe()).RemoteDebugConfig, { EnableRemoteDebug: true });
  await enable(false);
  assert.deepEqual((await service.describe()).RemoteDebugConfig, { EnableRemoteDebug: false });
  await assert.rejects(
    update({ ResourceConfig: { KeepAlivePeriodInSeconds: 60 } }),
    isError('ValidationException', /when the warm pool of the training job is Available: there is none\.$/),
  );
  await service.clock.advance(60_000);
  await assert.rejects(enable(true), isError('ValidationException', /it is MaxRuntimeExceeded\.$/));
});

test('a warm pool is described, listed, changed, and keeps its job from being deleted (training contract §4.6)', async (context) => {
  const service = startService(context, { trainFor: 1000 });
  const kept = resources({ KeepAlivePeriodInSeconds: 60 });
  const name = { TrainingJobName: request.TrainingJobName };
  const listed = async (WarmPoolStatusEquals?: string) => {
    const list = { ...(WarmPoolStatusEquals && { WarmPoolStatusEquals }) };
    const { TrainingJobSummaries } = await service.call<ListTrainingJobsResponse>('ListTrainingJobs', list);
    return TrainingJobSummaries.map((each) => each.WarmPoolStatus);
  };
  await service.call('CreateTrainingJob', { ...request, ...kept });
  assert.equal((await service.describe()).WarmPoolStatus, undefined);
  await service.clock.advance(2000);
  assert.deepEqual((await service.describe()).WarmPoolStatus, { Status: 'Available' });
  assert.deepEqual(await listed('Available'), [{ Status: 'Available' }]);
  assert.deepEqual(await listed('InUse'), []);
  await assert.rejects(
    service.call('DeleteTrainingJob', name),
    isError('ResourceInUse', /warm pool .* is Available/),
  );
  const update = (KeepAlivePeriodInSeconds: number) =>
    service.call('UpdateTrainingJob', { ...name, ResourceConfig: { KeepAlivePeriodInSeconds } });
  await assert.rejects(
    service.call('UpdateTrainingJob', {
      ...name,
      ResourceConfig: { KeepAlivePeriodInSeconds: 5 },
      RemoteDebugConfig: { EnableRemoteDebug: true },
    }),
    isError('ValidationException', /^RemoteDebugConfig can only be updated/),
  );
  assert.equal(
    (await service.describe()).ResourceConfig?.KeepAlivePeriodInSeconds,
    60,
    'nothing was changed',
  );
  await update(600);
  assert.equal((await service.describe()).ResourceConfig?.KeepAlivePeriodInSeconds, 600);
  await service.clock.advance(100_000);
  await update(0);
  await service.clock.advance(1);
  const { WarmPoolStatus } = await service.describe();
  assert.equal(WarmPoolStatus?.Status, 'Terminated');
  assert.ok((WarmPoolStatus?.ResourceRetainedBillableTimeInSeconds ?? 0) >= 100);
  assert.deepEqual(await listed(), [WarmPoolStatus]);
  await assert.rejects(update(60), isError('ValidationException', /it is Terminated\.$/));
  await service.call('DeleteTrainingJob', name);
});

test('a job can not be made to read or write where its role may not', async (context) => {
  const permissions = limitedTo({ read: ['s3://bucket/data/a'], write: ['s3://bucket/out/'] });
  const service = startService(context, {}, undefined, { permissions });
  const from = (S3Uri: string) => ({
    InputDataConfig: [{ ChannelName: 'c', DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri } } }],
  });
  await assert.rejects(
    service.call('CreateTrainingJob', { ...request, ...from('s3://bucket/data/') }),
    isError('ValidationException', /^No S3 objects found under S3 URL .* has "s3:ListBucket" permissions/),
  );
  await assert.rejects(
    service.call('CreateTrainingJob', {
      ...request,
      CheckpointConfig: { S3Uri: 's3://bucket/elsewhere' },
    }),
    isError('ValidationException', /^CheckpointConfig\.S3Uri is not a place that role .* may write to/),
  );
  await service.call('CreateTrainingJob', { ...request, ...from('s3://bucket/data/a') });
});

test('stopping: a running job, one that is stopping, one that has ended (wire-api §9)', async (context) => {
  const service = startService(context, { trainFor: 60_000 });
  const name = { TrainingJobName: request.TrainingJobName };
  await service.call('CreateTrainingJob', request);
  await service.clock.advance(1000);
  await service.call('StopTrainingJob', name);
  await service.call('StopTrainingJob', name);
  assert.equal((await service.describe()).TrainingJobStatus, 'Stopping');
  await assert.rejects(service.call('DeleteTrainingJob', name), isError('ResourceInUse', /status Stopping/));
  await service.clock.advance(2000);
  assert.equal((await service.describe()).TrainingJobStatus, 'Stopped');
  await assert.rejects(
    service.call('StopTrainingJob', name),
    isError('ValidationException', 'The request was rejected because the training job is in status Stopped.'),
  );
});

test('a deleted job is gone and its name may be used again', async (context) => {
  const service = startService(context);
  const name = { TrainingJobName: request.TrainingJobName };
  await service.call('CreateTrainingJob', { ...request, Tags: [{ Key: 'k', Value: 'v' }] });
  await service.clock.advance(1);
  await service.call('DeleteTrainingJob', name);
  await assert.rejects(service.describe(), isError('ValidationException', 'Requested resource not found.'));
  const { TrainingJobArn } = await service.call<{ TrainingJobArn: string }>('CreateTrainingJob', request);
  assert.deepEqual(await service.call('ListTags', { ResourceArn: TrainingJobArn }), {
    Tags: [],
    NextToken: undefined,
  });
});

test('tags are added, replaced, listed by pages and removed', async (context) => {
  const service = startService(context);
  const { TrainingJobArn: ResourceArn } = await service.call<{ TrainingJobArn: string }>(
    'CreateTrainingJob',
    {
      ...request,
      Tags: [{ Key: 'b', Value: '1' }],
    },
  );
  await service.call('AddTags', {
    ResourceArn: ResourceArn.replace('my-job', 'My-Job'),
    Tags: [
      { Key: 'a', Value: '2' },
      { Key: 'b', Value: '3' },
    ],
  });
  assert.deepEqual((await service.call<ListTagsOutput>('ListTags', { ResourceArn })).Tags, [
    { Key: 'a', Value: '2' },
    { Key: 'b', Value: '3' },
  ]);
  await service.call('DeleteTags', { ResourceArn, TagKeys: ['a', 'none'] });
  assert.deepEqual((await service.call<ListTagsOutput>('ListTags', { ResourceArn })).Tags, [
    { Key: 'b', Value: '3' },
  ]);
  const many = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => ({ Key: `k${from + index}`, Value: '' }));
  await service.call('AddTags', { ResourceArn, Tags: many(0, 49) });
  await assert.rejects(
    service.call('AddTags', { ResourceArn, Tags: many(49, 1) }),
    isError('ValidationException', /at most 50 tags/),
  );
  assert.equal(
    (await service.call<ListTagsOutput>('ListTags', { ResourceArn })).Tags?.length,
    50,
    'all or nothing',
  );
  await assert.rejects(
    service.call('ListTags', { ResourceArn: ResourceArn.replace('my-job', 'none') }),
    isError('ValidationException', 'Requested resource not found.'),
  );
});

test('lists go on where their token says, and take no other token', async (context) => {
  const service = startService(context);
  for (const name of ['a', 'b', 'c'])
    await service.call('CreateTrainingJob', { ...request, TrainingJobName: name });
  const list = (input: object) => service.call<ListTrainingJobsResponse>('ListTrainingJobs', input);
  const first = await list({ SortBy: 'Name', MaxResults: 2 });
  assert.deepEqual(
    first.TrainingJobSummaries.map((each) => each.TrainingJobName),
    ['a', 'b'],
  );
  const second = await list({ SortBy: 'Name', MaxResults: 1, NextToken: first.NextToken });
  assert.deepEqual(
    second.TrainingJobSummaries.map((each) => each.TrainingJobName),
    ['c'],
  );
  assert.equal(second.NextToken, undefined);
  for (const NextToken of ['x', Buffer.from('{"cursor":[{}],"of":""}').toString('base64url')]) {
    await assert.rejects(list({ NextToken }), isError('ValidationException', /Invalid NextToken/));
  }
  await assert.rejects(
    list({ SortBy: 'CreationTime', NextToken: first.NextToken }),
    isError('ValidationException', /Invalid NextToken/),
  );
  assert.deepEqual((await list({ WarmPoolStatusEquals: 'Available' })).TrainingJobSummaries, []);
});
