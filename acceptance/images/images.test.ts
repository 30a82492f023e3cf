import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe as group, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
} from '@aws-sdk/client-ecr';
import {
  type AlgorithmSpecification,
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { parse } from 'yaml';
import { ServerProcess } from '../../examples/demo/server.ts';
import {
  makeLayout,
  run,
  skipImages as skip,
  startRegistry,
} from '../../src/executors/process/images/test-images.fixture.ts';
import { blockOf, blocksOf } from '../docs/page-blocks.ts';
import { pythonClients } from '../harness/python.ts';
import { untilJob } from '../harness/until-job.ts';

const WITHIN_MS = 60_000;
const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:registry';
const OUTPUT = 's3://sagemaker-us-east-1-123456789012/images';
const DOWNLOADING_IMAGE = 'Downloading the training image';
const ACCOUNT = { username: 'user', password: 'a secret' };

const ended = (job: DescribeTrainingJobCommandOutput) =>
  ['Completed', 'Failed', 'Stopped'].includes(job.TrainingJobStatus ?? '');
const statuses = (job: DescribeTrainingJobCommandOutput) =>
  job.SecondaryStatusTransitions?.map(({ Status }) => Status);
const messageOf = (job: DescribeTrainingJobCommandOutput, status: string) =>
  job.SecondaryStatusTransitions?.find(({ Status }) => Status === status)?.StatusMessage;

/** Clients of a server, and what the tests do with them. */
function clientsOf(environment: Awaited<ReturnType<ServerProcess['clientEnvironment']>>) {
  const options = {
    endpoint: environment.AWS_ENDPOINT_URL,
    region: environment.AWS_REGION,
    maxAttempts: 1,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  };
  const sagemaker = new SageMakerClient(options);
  const logs = new CloudWatchLogsClient(options);
  const describe = (name: string) =>
    sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
  return {
    describe,
    ecr: new ECRClient(options),
    stop: (name: string) => sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name })),
    create: (name: string, specification: Partial<AlgorithmSpecification>) =>
      sagemaker.send(
        new CreateTrainingJobCommand({
          TrainingJobName: name,
          RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
          AlgorithmSpecification: { TrainingInputMode: 'File', ...specification },
          OutputDataConfig: { S3OutputPath: OUTPUT },
          ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
          StoppingCondition: { MaxRuntimeInSeconds: 120 },
        }),
      ),
    until: (name: string, wanted: (job: DescribeTrainingJobCommandOutput) => boolean) =>
      untilJob(sagemaker, name, wanted, WITHIN_MS),
    async lines(name: string): Promise<string[]> {
      const group = { logGroupName: '/aws/sagemaker/TrainingJobs' };
      const { logStreams = [] } = await logs.send(
        new DescribeLogStreamsCommand({ ...group, logStreamNamePrefix: `${name}/` }),
      );
      const logStreamName = logStreams[0]?.logStreamName;
      const { events = [] } = await logs.send(
        new GetLogEventsCommand({ ...group, logStreamName, startFromHead: true }),
      );
      return events.map(({ message = '' }) => message);
    },
  };
}

group('images', { skip }, () => {
  let folder: string;
  let layout: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trainyard-acceptance-images-'));
    layout = makeLayout(folder, 'app', {
      files: {
        'etc/passwd': 'app:x:1000:1000::/home/app:/bin/sh\n',
        'bin/start':
          '#!/bin/sh\necho "$* as $(id -u) in $PWD with $GREETING"\necho made > /made && cat /made /opt/ml/code/a\n',
        'opt/ml/code/a': 'code\n',
      },
      config: [
        ...['--config.user', 'app', '--config.workingdir', '/work', '--config.env', 'GREETING=hello'],
        ...['--config.entrypoint', '/bin/start'],
      ],
    });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** A server that knows a registry with a password by Amazon's names, and the layout. */
  async function serve(t: TestContext) {
    const registry = await startRegistry(t, ACCOUNT);
    const dataDir = await mkdtemp(join(folder, 'data-'));
    const answer = JSON.stringify({
      Credentials: { Username: ACCOUNT.username, Password: ACCOUNT.password },
    });
    const settings = {
      images: {
        names: { '*.dkr.ecr.*.amazonaws.com/*': `${registry.host}/$3` },
        credentials: { [ARN]: { command: ['/bin/echo', answer] } },
        logins: { [registry.host]: { command: ['/bin/echo', answer] } },
      },
      executors: { process: { images: { 'my/layout': { oci: `${layout}:it` } } } },
    };
    let server = await ServerProcess.start({ dataDir, settings });
    t.after(() => server.stop());
    return {
      registry,
      ...clientsOf(await server.clientEnvironment()),
      async killAndRestart() {
        const { port } = server;
        await server.kill();
        server = await ServerProcess.start({ dataDir, settings, port });
      },
    };
  }

  const ecr = (name: string) => `123456789012.dkr.ecr.us-east-1.amazonaws.com/${name}`;
  const withCredentials = (name: string, arn = ARN) => ({
    TrainingImage: ecr(name),
    TrainingImageConfig: {
      TrainingRepositoryAccessMode: 'Vpc' as const,
      TrainingRepositoryAuthConfig: { TrainingRepositoryCredentialsProviderArn: arn },
    },
  });
  const SAID = ['train as 1000 in /work with hello', 'made', 'code'];

  test('a job runs in an image of a private registry, which is downloaded once', async (t) => {
    const service = await serve(t);
    service.registry.push(layout, 'team/app:1');
    await service.create('first', withCredentials('team/app:1'));
    const first = await service.until('first', ended);
    assert.equal(first.TrainingJobStatus, 'Completed', first.FailureReason ?? '');
    assert.deepEqual(statuses(first), ['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);
    assert.equal(messageOf(first, 'Downloading'), DOWNLOADING_IMAGE);
    assert.deepEqual(
      first.AlgorithmSpecification?.TrainingImageConfig,
      withCredentials('x').TrainingImageConfig,
    );
    assert.deepEqual(await service.lines('first'), SAID);
    await service.create('second', withCredentials('team/app:1'));
    const second = await service.until('second', ended);
    assert.equal(second.TrainingJobStatus, 'Completed', second.FailureReason ?? '');
    assert.equal(messageOf(second, 'Downloading'), 'Downloading input data', 'nothing was downloaded');
  });

  test('ECR has the images that jobs run in, and no others', async (t) => {
    const service = await serve(t);
    service.registry.push(layout, 'team/app:1');
    const repositoryName = 'team/app';
    const { imageDetails: [image] = [] } = await service.ecr.send(
      new DescribeImagesCommand({ repositoryName }),
    );
    assert.deepEqual(image?.imageTags, ['1']);
    const { repositories = [] } = await service.ecr.send(new DescribeRepositoriesCommand({}));
    assert.ok(repositories.some((each) => each.repositoryUri === ecr(repositoryName)));
    const imageIds = [{ imageTag: '1' }, { imageTag: '2' }];
    const { images = [], failures = [] } = await service.ecr.send(
      new BatchGetImageCommand({ repositoryName, imageIds }),
    );
    assert.equal(images[0]?.imageId?.imageDigest, image?.imageDigest);
    assert.equal(failures[0]?.failureCode, 'ImageNotFound');
    await service.create('by-digest', withCredentials(`team/app@${image?.imageDigest}`));
    const job = await service.until('by-digest', ended);
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason ?? '');
    const other = service.ecr.send(new DescribeImagesCommand({ repositoryName: 'team/none' }));
    await assert.rejects(other, { name: 'RepositoryNotFoundException' });
  });

  test('a job runs in an image of this machine', async (t) => {
    const service = await serve(t);
    await service.create('layout', { TrainingImage: 'my/layout', ContainerArguments: ['mine'] });
    const job = await service.until('layout', ended);
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason ?? '');
    assert.equal((await service.lines('layout'))[0], 'mine as 1000 in /work with hello');
  });

  test('an image that can’t be had fails the job, in SageMaker’s words and with the cause', async (t) => {
    const service = await serve(t);
    const words =
      'ClientError: Cannot pull algorithm container. Either the image does not exist or its permissions are incorrect. ';
    service.registry.push(layout, 'team/app:1');
    const failures = {
      missing: [withCredentials('team/app:2'), /manifest unknown/],
      denied: [{ TrainingImage: ecr('team/app:1') }, /unauthorized|authentication required/],
    } as const;
    for (const [name, [specification, cause]] of Object.entries(failures)) {
      await service.create(name, specification);
      const job = await service.until(name, ended);
      assert.deepEqual(statuses(job), ['Starting', 'Downloading', 'Failed']);
      assert.ok(
        job.FailureReason?.startsWith(`${words}${service.registry.host}/team/app:`),
        job.FailureReason ?? '',
      );
      assert.match(job.FailureReason ?? '', cause);
      assert.doesNotMatch(job.FailureReason ?? '', /\n/);
    }
    service.registry.stop();
    await service.create('unreachable', withCredentials('team/app:1'));
    const { FailureReason = '' } = await service.until('unreachable', ended);
    assert.match(FailureReason, /^ClientError: Cannot pull algorithm container\. .*connection refused/);
  });

  test('what can be known before is refused, by the member’s name', async (t) => {
    const service = await serve(t);
    const other = ARN.replace('registry', 'other');
    await assert.rejects(service.create('arn', withCredentials('app', other)), {
      name: 'ValidationException',
      message:
        /^AlgorithmSpecification\.TrainingImageConfig\.TrainingRepositoryAuthConfig\.TrainingRepositoryCredentialsProviderArn .*function:other is not mapped/,
    });
    await assert.rejects(service.create('name', { TrainingImage: 'No Such Image' }), {
      name: 'ValidationException',
      message: /^Invalid training image\. .*AlgorithmSpecification\.TrainingImage 'No Such Image'/,
    });
  });

  /** Makes the server's umoci wait until it is let go. */
  async function slowUnpacking(t: TestContext): Promise<() => Promise<void>> {
    const place = await mkdtemp(join(folder, 'slow-'));
    const go = join(place, 'go');
    const real = run('sh', '-c', 'command -v umoci').trim();
    const text = `#!/bin/sh\nwhile [ ! -e ${go} ]; do sleep 0.05; done\nexec ${real} "$@"\n`;
    await writeFile(join(place, 'umoci'), text, { mode: 0o755 });
    const { PATH } = process.env;
    process.env.PATH = `${place}${delimiter}${PATH}`;
    t.after(() => Object.assign(process.env, { PATH }));
    return () => writeFile(go, '');
  }

  test('a kill of the server during the download costs nothing but time', async (t) => {
    const letGo = await slowUnpacking(t);
    const service = await serve(t);
    service.registry.push(layout, 'team/app:1');
    await service.create('killed', withCredentials('team/app:1'));
    await service.until('killed', (job) => messageOf(job, 'Downloading') === DOWNLOADING_IMAGE);
    await service.killAndRestart();
    await letGo();
    const job = await service.until('killed', ended);
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason ?? '');
    assert.deepEqual(statuses(job), ['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);
    assert.deepEqual(await service.lines('killed'), SAID);
  });

  test('a stop ends the download (training contract §4.3)', async (t) => {
    await slowUnpacking(t);
    const service = await serve(t);
    service.registry.push(layout, 'team/app:1');
    await service.create('stopped', withCredentials('team/app:1'));
    await service.until('stopped', (job) => messageOf(job, 'Downloading') === DOWNLOADING_IMAGE);
    await service.stop('stopped');
    assert.deepEqual(statuses(await service.until('stopped', ended)), [
      ...['Starting', 'Downloading', 'Stopping', 'Stopped'],
    ]);
  });
});

test('docs/IMAGES.md, "My own image", works as it is written', { skip }, async (t) => {
  const page = 'docs/IMAGES.md';
  const { text: make } = await blockOf(page, 'make');
  const { text: use } = await blockOf(page, 'use');
  const settings = (await blocksOf(page)).find((each) => each.name === 'trainyard.yaml')?.text ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'trainyard-acceptance-own-image-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const shell = (text: string, environment: NodeJS.ProcessEnv = process.env) =>
    promisify(execFile)('/bin/bash', ['-euo', 'pipefail', '-c', text], { cwd: folder, env: environment });
  await shell(make);
  assert.ok(existsSync(join(folder, 'my-layout/index.json')));
  await mkdir(join(folder, 'data'));
  const server = await ServerProcess.start({
    dataDir: join(folder, 'data'),
    settings: parse(settings.replace('$PWD', folder)) as object,
  });
  t.after(() => server.stop());
  const environment = await server.clientEnvironment();
  const PATH = `${await pythonClients()}${delimiter}${process.env.PATH}`;
  await shell(use, { ...process.env, ...environment, PATH });
  const service = clientsOf(environment);
  const job = await service.until('my-own-image', ended);
  assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason ?? '');
  assert.deepEqual(await service.lines('my-own-image'), ['training as user 1000 in /work with hello']);
  assert.match(job.ModelArtifacts?.S3ModelArtifacts ?? '', /my-own-image\/output\/model\.tar\.gz$/);
});
