import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe as group, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  type Channel,
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  type FileSystemDataSource,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { Upload } from '@aws-sdk/lib-storage';
import { ServerProcess } from '../../examples/demo/server.ts';
import { unique } from './cases.ts';
import { LOG_GROUP } from './jobs.ts';

const ID = 'fs-0123456789abcdef0';

/** A channel without its name. */
type Inputs = Omit<Channel, 'ChannelName'>;

/** What every way to change a file of a channel says of a read-only one. */
const TRY_TO_CHANGE = `export LC_ALL=C
for c in "touch $D/new" "touch $D/$F" "chmod 777 $D/$F" "rm $D/$F" "mv $D/$F $D/x" "ln $D/$F $D/y" "truncate -s 0 $D/$F"; do
  $c 2>&1 | grep -o 'Read-only file system'
done`;
const REFUSED = Array(7).fill('Read-only file system');

group('channels that are mounted', () => {
  let folder: string;
  let shared: string;
  let server: ServerProcess;
  let elsewhere: ServerProcess | undefined;
  let bucket: string;
  let clients: ReturnType<typeof clientsOf>;

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'trainyard-mounts-')));
    shared = join(folder, 'shared');
    await mkdir(join(shared, 'set'), { recursive: true });
    await mkdir(join(folder, 'data'));
    await writeFile(join(shared, 'set', 'file'), 'of the file system\n');
    server = await ServerProcess.start({
      dataDir: join(folder, 'data'),
      settings: { fileSystems: { [ID]: { path: shared, type: 'EFS' } } },
      onLine: () => {},
    });
    const options = await optionsOf(server);
    bucket = `sagemaker-${options.region}-123456789012`;
    clients = clientsOf(options);
  });

  after(async () => {
    await elsewhere?.stop();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const put = (Key: string, Body: string) =>
    clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));

  async function create(channel: Inputs, script: string, afterwards = ':'): Promise<string> {
    const name = unique('mounts');
    await clients.sagemaker.send(
      new CreateTrainingJobCommand({
        TrainingJobName: name,
        RoleArn: 'arn:aws:iam::123456789012:role/trainyard',
        AlgorithmSpecification: {
          TrainingImage: 'trainyard/host:latest',
          TrainingInputMode: 'File',
          ContainerEntrypoint: ['/bin/bash', '-c', 'eval "$SCRIPT"; eval "$AFTERWARDS"'],
        },
        Environment: { SCRIPT: script, AFTERWARDS: afterwards },
        InputDataConfig: [{ ChannelName: 'train', ...channel }],
        OutputDataConfig: { S3OutputPath: `s3://${bucket}/out` },
        ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
        StoppingCondition: { MaxRuntimeInSeconds: 600 },
      }),
    );
    return name;
  }

  async function ended(name: string): Promise<DescribeTrainingJobCommandOutput> {
    for (;;) {
      const job = await clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
      if (job.TrainingJobStatus !== 'InProgress' && job.TrainingJobStatus !== 'Stopping') return job;
      await delay(50);
    }
  }

  /** The lines that a job prints which has that channel and runs that script. */
  async function lines(channel: Inputs, script: string, afterwards = ':'): Promise<string[]> {
    const name = await create(channel, script, afterwards);
    const job = await ended(name);
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason ?? '');
    return read(name);
  }

  const fileSystem = (source: Partial<FileSystemDataSource> = {}): Inputs => ({
    DataSource: {
      FileSystemDataSource: {
        ...{ FileSystemId: ID, FileSystemType: 'EFS', FileSystemAccessMode: 'ro', DirectoryPath: '/set' },
        ...source,
      },
    },
  });

  const fastFile = (prefix: string): Inputs => ({
    InputMode: 'FastFile',
    DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/${prefix}` } },
  });

  const D = '/opt/ml/input/data/train';
  const config = 'tr -d "[:space:]" < /opt/ml/input/config/inputdataconfig.json; echo;';

  test('a file system that is ro can be read and in no way changed', async () => {
    const said = await lines(fileSystem(), `D=${D} F=file; cat $D/file; ${config}`, TRY_TO_CHANGE);
    const [content, inputs, ...refused] = said;
    assert.equal(content, 'of the file system');
    assert.deepEqual(JSON.parse(inputs ?? ''), {
      train: { TrainingInputMode: 'File', S3DistributionType: 'FullyReplicated', RecordWrapperType: 'None' },
    });
    assert.deepEqual(refused, REFUSED);
  });

  test('what is written to a file system that is rw is there afterwards', async () => {
    await lines(fileSystem({ FileSystemAccessMode: 'rw' }), `echo written > ${D}/result`);
    assert.equal(await readFile(join(shared, 'set', 'result'), 'utf8'), 'written\n');
  });

  test('a file system that can not be used is refused with the member and the setting', async () => {
    const refusals: readonly [Inputs, RegExp][] = [
      [
        fileSystem({ FileSystemId: 'fs-99999999' }),
        /FileSystemDataSource\.FileSystemId fs-99999999.*setting fileSystems/,
      ],
      [fileSystem({ DirectoryPath: '/none' }), /DirectoryPath "\/none" is not a folder.*setting fileSystems/],
      [fileSystem({ DirectoryPath: '/../data' }), /DirectoryPath "\/\.\.\/data" is not a path/],
      [fileSystem({ FileSystemType: 'FSxLustre' }), /FileSystemType is FSxLustre/],
      [{ ...fileSystem(), InputMode: 'FastFile' }, /FileSystemDataSource must be in File mode/],
    ];
    for (const [channel, message] of refusals)
      await assert.rejects(create(channel, 'true'), { name: 'ValidationException', message });
  });

  test('a FastFile channel shows the objects, and can in no way be changed', async () => {
    const prefix = unique('fast');
    await put(`${prefix}/a.txt`, 'content of a\n');
    await put(`${prefix}/deep/b.txt`, 'content of b\n');
    await new Upload({
      client: clients.s3,
      params: { Bucket: bucket, Key: `${prefix}/parts`, Body: Buffer.alloc(6 * 1024 * 1024, 'x') },
    }).done();
    const script = `D=${D} F=a.txt; cd $D; find . | sort; cat a.txt deep/b.txt; tr -d x < parts | wc -c; stat -c %s parts; ${config}`;
    const said = await lines(fastFile(`${prefix}/`), script, TRY_TO_CHANGE);
    const note = said.shift() ?? '';
    assert.match(note, /FastFile channel "train": 1 objects \(6291456 bytes\) that the store keeps in parts/);
    const inputs = said.findIndex((line) => line.startsWith('{'));
    assert.equal(JSON.parse(said[inputs] ?? '').train.TrainingInputMode, 'FastFile');
    said.splice(inputs, 1);
    const listed = ['.', './a.txt', './deep', './deep/b.txt', './parts'];
    assert.deepEqual(said, [...listed, 'content of a', 'content of b', '0', '6291456', ...REFUSED]);
  });

  test('a FastFile channel stays as it was at the start', async () => {
    const prefix = unique('fast');
    await put(`${prefix}/file`, 'old\n');
    await put(`${prefix}/other`, 'x');
    const name = await create(
      fastFile(prefix),
      `cat ${D}/file; until [ -e /opt/ml/input/data/train/never ]; do sleep 0.1; [ $((++n)) -gt 20 ] && break; done; cat ${D}/file`,
    );
    while ((await read(name)).length === 0) await delay(50);
    await put(`${prefix}/file`, 'new\n');
    await put(`${prefix}/never`, 'x');
    await ended(name);
    assert.deepEqual(await read(name), ['old', 'old']);
  });

  async function read(name: string): Promise<string[]> {
    const streams = { logGroupName: LOG_GROUP, logStreamNamePrefix: `${name}/` };
    const found = await clients.logs.send(new FilterLogEventsCommand(streams)).catch(() => undefined);
    return (found?.events ?? []).map(({ message = '' }) => message);
  }

  test('a FastFile channel must be a folder', async () => {
    const prefix = unique('fast');
    await put(`${prefix}/train-01/file`, 'x');
    for (const part of ['train', 'train-01/file'])
      await assert.rejects(create(fastFile(`${prefix}/${part}`), 'true'), {
        name: 'ValidationException',
        message: /can't be shown in FastFile mode: it must be a folder/,
      });
    assert.deepEqual(await lines(fastFile(`${prefix}/train-01`), `ls ${D}`), ['file']);
  });

  test('a FastFile channel of another S3 is mounted, survives the server, and is unmounted at the end', async (t) => {
    const prefix = unique('fast');
    await put(`${prefix}/a.txt`, 'content of a\n');
    await put(`${prefix}/deep/b.txt`, 'content of b\n');
    const { endpoint, region, credentials } = await optionsOf(server);
    const dataDir = join(folder, 'elsewhere');
    await mkdir(dataDir);
    const settings = { s3: { kind: 's3', endpoint, region, credentials } };
    elsewhere = await ServerProcess.start({ dataDir, settings, onLine: () => {} });
    clients = { ...clientsOf(await optionsOf(elsewhere)), s3: clients.s3 };
    const script = `D=${D} F=a.txt; cat $D/a.txt; until [ -e /opt/ml/model/go ]; do sleep 0.05; done; cat $D/deep/b.txt`;
    const name = await create(fastFile(`${prefix}/`), script, TRY_TO_CHANGE).catch((error: Error) => {
      if (!/rclone|FUSE/.test(error.message) || process.env.CI === 'true') throw error;
      t.skip(error.message);
      return undefined;
    });
    if (name === undefined) return;
    while ((await read(name)).length === 0) await delay(50);
    await elsewhere.kill();
    elsewhere = await ServerProcess.start({ dataDir, settings, onLine: () => {} });
    clients = { ...clientsOf(await optionsOf(elsewhere)), s3: clients.s3 };
    const [home = ''] = await readdir(join(dataDir, 'instances'));
    await writeFile(join(dataDir, 'instances', home, 'ml/model/go'), '');
    const job = await ended(name);
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason ?? '');
    assert.deepEqual(await read(name), ['content of a', 'content of b', ...REFUSED]);
    while ((await readdir(join(dataDir, 'instances'))).length > 0) await delay(50);
    assert.ok(!(await readFile('/proc/self/mountinfo', 'utf8')).includes(dataDir));
  });
});

/** How clients find a server. */
async function optionsOf(server: ServerProcess) {
  const variables = await server.clientEnvironment();
  return {
    endpoint: server.url,
    region: variables.AWS_REGION,
    credentials: {
      accessKeyId: variables.AWS_ACCESS_KEY_ID,
      secretAccessKey: variables.AWS_SECRET_ACCESS_KEY,
    },
    maxAttempts: 1,
  };
}

function clientsOf(options: Awaited<ReturnType<typeof optionsOf>>) {
  return {
    sagemaker: new SageMakerClient(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
    logs: new CloudWatchLogsClient(options),
  };
}
