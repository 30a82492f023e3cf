import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { DescribeLogStreamsCommand, paginateGetLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
} from '@aws-sdk/client-sagemaker';
import { extract } from 'tar-stream';
import { service } from '../javascript/cases.ts';
import type { CrashingServer } from './crashing-server.ts';

const LOG_GROUP = '/aws/sagemaker/TrainingJobs';
const LINES = 200;
const MODEL_BYTES = 24 * 1024 * 1024;
/** So many that bringing them in lasts long enough to be interrupted. */
const INPUTS = 600;
const WITHIN_MS = 180_000;
const INPUT_NAMES = Array.from({ length: INPUTS }, (_, i) => `input-${String(i).padStart(4, '0')}`);

export type Job = DescribeTrainingJobCommandOutput;

const order = ['Starting', 'Pending', 'Downloading', 'Training', 'Uploading', 'Completed'];

/** Uploads the script and the many small inputs that each job reads. */
export async function uploadInputs({ s3 }: CrashingServer): Promise<void> {
  const put = (Key: string, Body: string | Buffer) =>
    s3.send(new PutObjectCommand({ Bucket: service.bucket, Key, Body }));
  await put('code/numbered-lines.py', await readFile(new URL('numbered-lines.py', import.meta.url)));
  const waiting = [...INPUT_NAMES];
  const worker = async () => {
    for (let name = waiting.pop(); name; name = waiting.pop()) await put(`many/${name}`, name);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/** For a test that does something to an algorithm that trains: it must still do so by then, however slow the machine is. */
export const UNHURRIED = { seconds: 6 };

/** Creates a job of numbered lines. Resolves with its name when the server has acknowledged it. On several hosts the inputs are sharded. */
export async function create(
  { sagemaker }: CrashingServer,
  name = newName(),
  { hosts = 1, retries = 0, seconds = 1.2 } = {},
): Promise<string> {
  await sagemaker.send(
    new CreateTrainingJobCommand({
      TrainingJobName: name,
      RoleArn: service.role,
      AlgorithmSpecification: {
        TrainingImage: 'trainyard/host:latest',
        TrainingInputMode: 'File',
        // The name as an argument, so that the process can be told from those of other jobs.
        ContainerEntrypoint: ['python3', '/opt/ml/input/data/code/numbered-lines.py', name],
        MetricDefinitions: ['count', 'first', 'middle', 'last'].map((metric) => ({
          Name: metric,
          Regex: `${metric}=([0-9]+)`,
        })),
      },
      HyperParameters: { lines: String(LINES), seconds: String(seconds), model_bytes: String(MODEL_BYTES) },
      InputDataConfig: ['code', 'many'].map((channel) => ({
        ChannelName: channel,
        DataSource: {
          S3DataSource: {
            S3DataType: 'S3Prefix',
            S3Uri: `s3://${service.bucket}/${channel}/`,
            S3DataDistributionType: channel === 'many' ? 'ShardedByS3Key' : 'FullyReplicated',
          },
        },
      })),
      OutputDataConfig: { S3OutputPath: `s3://${service.bucket}/models` },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: hosts, VolumeSizeInGB: 1 },
      ...(retries > 0 && { RetryStrategy: { MaximumRetryAttempts: retries } }),
      StoppingCondition: { MaxRuntimeInSeconds: 300 },
    }),
  );
  return name;
}

export const newName = () => `numbered-${randomUUID().slice(0, 8)}`;

export const describe = ({ sagemaker }: CrashingServer, job: string): Promise<Job> =>
  sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: job }));

export const statusOf = (job: Job) => job.SecondaryStatus ?? '';

/** Waits until the job is in a status or past it. Returns how it was found. */
export const reached = (server: CrashingServer, job: string, status: string): Promise<Job> =>
  waitFor(
    server,
    job,
    status,
    (found) => hasEnded(found) || order.indexOf(statusOf(found)) >= order.indexOf(status),
  );

export const ended = (server: CrashingServer, job: string): Promise<Job> =>
  waitFor(server, job, 'an end', hasEnded);

const hasEnded = (job: Job) => ['Completed', 'Failed', 'Stopped'].includes(job.TrainingJobStatus ?? '');

async function waitFor(
  server: CrashingServer,
  job: string,
  what: string,
  found: (job: Job) => boolean,
): Promise<Job> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const description = await describe(server, job);
    if (found(description)) return description;
    if (Date.now() > deadline)
      throw new Error(`${job} has not reached ${what}: ${JSON.stringify(description)}`);
    await delay(5);
  }
}

/** Nothing is lost and nothing is doubled: statuses, lines, metrics, inputs, model. */
export async function assertWhole(server: CrashingServer, name: string): Promise<void> {
  const job = await ended(server, name);
  assert.equal(job.TrainingJobStatus, 'Completed', `${name}: ${job.FailureReason}`);
  assertStatuses(job);
  await assertLines(server, name);
  const metrics = (job.FinalMetricDataList ?? []).map(({ MetricName, Value }) => [MetricName, Value]);
  assert.deepEqual(metrics.sort(), [
    ['count', LINES],
    ['first', 11],
    ['last', 33],
    ['middle', 22],
  ]);
  const { weights, ...files } = await modelFiles(server, name);
  assert.equal(weights?.length, MODEL_BYTES);
  assert.deepEqual(Object.keys(files), ['inputs.json']);
  assert.deepEqual(JSON.parse(`${files['inputs.json']}`), INPUT_NAMES);
}

/** The same of a job of two hosts: each line of each, each input on one of them, what both left in one model. */
export async function assertClusterWhole(server: CrashingServer, name: string): Promise<void> {
  const job = await ended(server, name);
  assert.equal(job.TrainingJobStatus, 'Completed', `${name}: ${job.FailureReason}`);
  assertStatuses(job);
  for (const host of ['algo-1', 'algo-2']) await assertLines(server, name, host);
  await assertMergedModel(server, name);
}

export async function assertMergedModel(server: CrashingServer, name: string): Promise<void> {
  const files = await modelFiles(server, name);
  const names = ['algo-1', 'algo-2'].flatMap((host) => [`inputs-${host}.json`, `weights-${host}`]);
  assert.deepEqual(Object.keys(files).sort(), names.sort());
  for (const host of ['algo-1', 'algo-2']) assert.equal(files[`weights-${host}`]?.length, MODEL_BYTES);
  const inputs = ['algo-1', 'algo-2'].flatMap((host) => JSON.parse(`${files[`inputs-${host}.json`]}`));
  assert.deepEqual(inputs.sort(), INPUT_NAMES);
}

async function assertLines(server: CrashingServer, name: string, host = ''): Promise<void> {
  const lines = await logLines(server, name, host);
  const numbers = lines.map((line) => Number(/^line (\d+) /.exec(line)?.[1]));
  assert.deepEqual(
    numbers,
    Array.from({ length: LINES }, (_, i) => i + 1),
  );
}

function assertStatuses(job: Job): void {
  const transitions = job.SecondaryStatusTransitions ?? [];
  const statuses = transitions.map(({ Status }) => Status).filter((status) => status !== 'Pending');
  assert.deepEqual(statuses, ['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);
  for (const [i, { StartTime, EndTime }] of transitions.entries()) {
    assert.deepEqual(EndTime, transitions[i + 1]?.StartTime ?? StartTime);
  }
}

export async function logLines({ logs }: CrashingServer, job: string, host = ''): Promise<string[]> {
  const { logStreams = [] } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName: LOG_GROUP, logStreamNamePrefix: `${job}/${host}` }),
  );
  assert.equal(logStreams.length, 1, 'one instance, one stream');
  const pages = paginateGetLogEvents(
    { client: logs, stopOnSameToken: true },
    { logGroupName: LOG_GROUP, logStreamName: logStreams[0]?.logStreamName ?? '', startFromHead: true },
  );
  const lines: string[] = [];
  for await (const page of pages) lines.push(...(page.events ?? []).map((event) => event.message ?? ''));
  return lines;
}

/** The files of the model, by their paths. */
async function modelFiles({ s3 }: CrashingServer, job: string): Promise<Record<string, Buffer>> {
  const { Body: body } = await s3.send(
    new GetObjectCommand({ Bucket: service.bucket, Key: `models/${job}/output/model.tar.gz` }),
  );
  assert.ok(body instanceof Readable);
  const files: Record<string, Buffer> = {};
  for await (const entry of body.pipe(createGunzip()).pipe(extract())) {
    const content = await buffer(entry);
    if (entry.header.type === 'file') files[entry.header.name.replace(/^\.\//, '')] = content;
  }
  return files;
}
