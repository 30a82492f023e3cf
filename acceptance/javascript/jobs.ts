import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  paginateGetLogEvents,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  SageMakerClient,
  waitUntilTrainingJobCompletedOrStopped,
} from '@aws-sdk/client-sagemaker';
import { extract } from 'tar-stream';
import { type BaseRequest, type Change, request, service, unique } from './cases.ts';

/** The clients take endpoint, region and credentials from the environment. An error is an answer: no second tries. */
export const sagemaker = new SageMakerClient({ maxAttempts: 1 });
export const logs = new CloudWatchLogsClient({ maxAttempts: 1 });
export const s3 = new S3Client({ maxAttempts: 1, forcePathStyle: true });

export const LOG_GROUP = '/aws/sagemaker/TrainingJobs';
const WITHIN_MS = 60_000;
const example = new URL('../../examples/breast-cancer/', import.meta.url);

/** Creates a job from a base request. Returns its name. */
export async function create(
  base: BaseRequest,
  what: string,
  change: Change = {},
  data = '',
): Promise<string> {
  const job = unique(what);
  await sagemaker.send(new CreateTrainingJobCommand(request(base, { job, data }, change)));
  return job;
}

export const describe = (job: string) =>
  sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: job }));

/** Waits with the client's own waiter, which by itself would ask every two minutes. Rejects when the job fails. */
export const waitForEnd = (job: string) =>
  waitUntilTrainingJobCompletedOrStopped(
    { client: sagemaker, maxWaitTime: 120, minDelay: 1, maxDelay: 1 },
    { TrainingJobName: job },
  );

/** Uploads the breast cancer example. Returns the prefix that it lies under. */
export async function uploadExample(): Promise<string> {
  const prefix = unique('data');
  const keys = {
    'data/train/train.csv': 'train/train.csv',
    'data/validation/validation.csv': 'validation/validation.csv',
    'train.py': 'code/train.py',
  };
  for (const [file, key] of Object.entries(keys)) {
    const body = await readFile(new URL(file, example));
    await s3.send(new PutObjectCommand({ Bucket: service.bucket, Key: `${prefix}/${key}`, Body: body }));
  }
  return prefix;
}

/** The log stream of one of a job's hosts. */
export async function logStream(job: string, host = ''): Promise<string | undefined> {
  try {
    const { logStreams = [] } = await logs.send(
      new DescribeLogStreamsCommand({ logGroupName: LOG_GROUP, logStreamNamePrefix: `${job}/${host}` }),
    );
    return logStreams[0]?.logStreamName;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** All lines of a host, by default of the only one, by the client's own paging. */
export async function logLines(job: string, host = ''): Promise<string[]> {
  const stream = await logStream(job, host);
  if (!stream) return [];
  const lines: string[] = [];
  const pages = paginateGetLogEvents(
    { client: logs, pageSize: 4, stopOnSameToken: true },
    { logGroupName: LOG_GROUP, logStreamName: stream, startFromHead: true },
  );
  for await (const page of pages) lines.push(...(page.events ?? []).map((event) => event.message ?? ''));
  return lines;
}

/** Waits until a running job has printed a line. */
export async function waitForLine(job: string, line: string): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  while (!(await logLines(job)).includes(line)) {
    if (Date.now() > deadline) throw new Error(`${job} did not print '${line}' within ${WITHIN_MS / 1000} s`);
    await delay(100);
  }
}

/** The bytes of `model.tar.gz` or `output.tar.gz`. */
export async function artifact(job: string, name: string): Promise<Uint8Array> {
  const { Body: body } = await s3.send(
    new GetObjectCommand({ Bucket: service.bucket, Key: `models/${job}/output/${name}` }),
  );
  if (!body) throw new Error(`${name} of ${job} has no content`);
  return body.transformToByteArray();
}

/** The files in an artifact, from path to text. */
export async function artifactFiles(job: string, name: string): Promise<Record<string, string>> {
  const entries = Readable.from([await artifact(job, name)])
    .pipe(createGunzip())
    .pipe(extract());
  const files: Record<string, string> = {};
  for await (const entry of entries) {
    const content = await text(entry);
    if (entry.header.type === 'file') files[entry.header.name.replace(/^\.\//, '')] = content;
  }
  return files;
}
