import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe as group, test } from 'node:test';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  type Channel,
  CreateTrainingJobCommand,
  SageMakerClient,
  waitUntilTrainingJobCompletedOrStopped,
} from '@aws-sdk/client-sagemaker';
import { Upload } from '@aws-sdk/lib-storage';
import { ServerProcess } from '../../examples/demo/server.ts';
import { request, service, unique } from './cases.ts';
import { create, describe, LOG_GROUP, logLines, s3, waitForEnd } from './jobs.ts';

/** What a job prints of its channel: each file with the digest of its bytes, then the manifest and the configuration. */
const SHOW = `cd /opt/ml/input/data/train && find . -type f | LC_ALL=C sort | xargs md5sum; cat ../train-manifest /opt/ml/input/config/inputdataconfig.json`;

const md5 = (body: string | Buffer) => createHash('md5').update(body).digest('hex');

const channel = (source: object, more: object = {}) => ({
  set: {
    'AlgorithmSpecification.ContainerArguments': [SHOW],
    InputDataConfig: [{ ChannelName: 'train', DataSource: { S3DataSource: source }, ...more }],
  } as never,
});

async function put(prefix: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, Body] of Object.entries(files)) {
    await s3.send(new PutObjectCommand({ Bucket: service.bucket, Key: `${prefix}/${name}`, Body }));
  }
}

group('sources of File channels', () => {
  test('a manifest names the objects, whose paths are what it says after its prefix', async () => {
    const prefix = unique('manifest');
    const uri = `s3://${service.bucket}/${prefix}`;
    await put(prefix, {
      'train/a.csv': '1,2',
      'train/b/c.csv': '3,4',
      'train/not-named.csv': '5,6',
      'list.json': JSON.stringify([{ prefix: `${uri}/tra` }, 'in/b/c.csv', 'in/a.csv', 'in/a.csv']),
    });
    const source = { S3DataType: 'ManifestFile', S3Uri: `${uri}/list.json` };
    const job = await create('minimal', 'manifest', channel(source, { ContentType: 'text/csv' }));
    await waitForEnd(job);
    // training contract §2.2, §1.4, §1.3
    assert.deepEqual((await logLines(job)).filter((line) => !line.startsWith('{')).slice(0, 5), [
      `${md5('1,2')}  ./in/a.csv`,
      `${md5('3,4')}  ./in/b/c.csv`,
      `${prefix}/tra`,
      `${uri}/train/b/c.csv`,
      `${uri}/train/a.csv`,
    ]);
    assert.match((await logLines(job)).join(''), /"ContentType":\s*"text\/csv"/);
  });

  test('a manifest that names an object that is not there fails the job by the key', async () => {
    const prefix = unique('manifest');
    const uri = `s3://${service.bucket}/${prefix}`;
    await put(prefix, { 'list.json': JSON.stringify([{ prefix: `${uri}/` }, 'gone']) });
    const source = { S3DataType: 'ManifestFile', S3Uri: `${uri}/list.json` };
    const job = await create('minimal', 'gone', channel(source));
    await assert.rejects(waitForEnd(job));
    const { FailureReason: reason = '', TrainingJobStatus: status } = await describe(job);
    assert.equal(status, 'Failed');
    assert.match(reason, /^ClientError: Data download failed:/);
    assert.ok(reason.includes(`${uri}/gone`), reason);
  });

  test('a manifest that is not there is refused at creation, as an empty prefix is', async () => {
    const S3Uri = `s3://${service.bucket}/${unique('nothing')}/list.json`;
    // wire-api §9
    await assert.rejects(create('minimal', 'none', channel({ S3DataType: 'ManifestFile', S3Uri })), {
      name: 'ValidationException',
      message: new RegExp(`^No S3 objects found under S3 URL "${S3Uri}" given in input data source`),
    });
  });

  test('Converse is delivered as its objects; a shard of one host, shuffled, is all of them', async () => {
    const prefix = unique('converse');
    const files = { 'a.jsonl': '{"messages":[]}', 'media/b.png': 'not really' };
    await put(prefix, files);
    const source = { S3DataType: 'Converse', S3Uri: `s3://${service.bucket}/${prefix}/` };
    const sharded = { ...source, S3DataType: 'S3Prefix', S3DataDistributionType: 'ShardedByS3Key' };
    for (const change of [channel(source), channel(sharded, { ShuffleConfig: { Seed: 3 } })]) {
      const job = await create('minimal', 'objects', change);
      await waitForEnd(job);
      assert.deepEqual((await logLines(job)).slice(0, 2), [
        `${md5(files['a.jsonl'])}  ./a.jsonl`,
        `${md5(files['media/b.png'])}  ./media/b.png`,
      ]);
    }
  });

  test('a wrapping of Pipe mode is refused for a File channel', async () => {
    const prefix = unique('wrapped');
    await put(prefix, { a: 'a' });
    const source = { S3DataType: 'S3Prefix', S3Uri: `s3://${service.bucket}/${prefix}/` };
    for (const misuse of [{ CompressionType: 'Gzip' }, { RecordWrapperType: 'RecordIO' }]) {
      await assert.rejects(create('minimal', 'misuse', channel(source, misuse)), {
        name: 'ValidationException',
        message: new RegExp(Object.keys(misuse)[0] ?? ''),
      });
    }
  });
});

group('channels from another S3', () => {
  let folder: string;
  const servers: ServerProcess[] = [];
  let bucket: string;
  let clients: { sagemaker: SageMakerClient; logs: CloudWatchLogsClient; objects: S3Client };

  async function start(name: string, settings: Record<string, unknown>) {
    const dataDir = join(folder, name);
    await mkdir(dataDir);
    const server = await ServerProcess.start({ dataDir, settings, onLine: () => {} });
    servers.push(server);
    const { AWS_REGION: region = '', ...variables } = await server.clientEnvironment();
    const credentials = {
      accessKeyId: variables.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? '',
    };
    return { endpoint: server.url, region, credentials, maxAttempts: 1 };
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trainyard-sources-'));
    const store = await start('store', {});
    bucket = `sagemaker-${store.region}-${service.account}`;
    const { maxAttempts: _, ...place } = store;
    const server = await start('server', { s3: { kind: 's3', pathStyle: true, ...place } });
    clients = {
      sagemaker: new SageMakerClient(server),
      logs: new CloudWatchLogsClient(server),
      objects: new S3Client({ ...store, forcePathStyle: true }),
    };
  });

  after(async () => {
    for (const client of Object.values(clients ?? {})) client.destroy();
    for (const server of servers.reverse()) await server.stop();
    await rm(folder, { recursive: true });
  });

  test('objects of all sizes, in one piece or in parts, are the bytes that were put', async () => {
    const large = randomBytes(21 * 1024 * 1024 + 3);
    const bodies = { 'a-large': large, empty: '', 'of parts': large, small: 'small' };
    for (const [name, Body] of Object.entries(bodies)) {
      const params = { Bucket: bucket, Key: `data/${name}`, Body };
      if (name === 'of parts') await new Upload({ client: clients.objects, params }).done();
      else await clients.objects.send(new PutObjectCommand(params));
    }
    const train: Channel = {
      ChannelName: 'train',
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/data/` } },
    };
    const job = unique('remote');
    const show = `cd /opt/ml/input/data/train && md5sum *`;
    const change = { set: { 'AlgorithmSpecification.ContainerArguments': [show] } };
    await clients.sagemaker.send(
      new CreateTrainingJobCommand({
        ...request('minimal', { job, bucket }, change),
        OutputDataConfig: { S3OutputPath: `s3://${bucket}/models` },
        InputDataConfig: [train],
      }),
    );
    await waitUntilTrainingJobCompletedOrStopped(
      { client: clients.sagemaker, maxWaitTime: 120, minDelay: 1, maxDelay: 1 },
      { TrainingJobName: job },
    );
    const { events = [] } = await clients.logs.send(
      new FilterLogEventsCommand({ logGroupName: LOG_GROUP, logStreamNamePrefix: `${job}/` }),
    );
    assert.deepEqual(
      events.map(({ message }) => message),
      Object.entries(bodies).map(([name, body]) => `${md5(body)}  ${name}`),
    );
  });
});
