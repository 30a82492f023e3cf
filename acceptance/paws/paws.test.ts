import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type ClientEnvironment, ServerProcess } from '../../examples/demo/server.ts';
import { service, unique } from '../javascript/cases.ts';
import { missed } from './demands.ts';
import { type Names, replayed } from './recorded.ts';

const WITHIN_MS = 60_000;
const SECONDS = /^\d+(\.\d+)?$/;

let dataDir: string;
let server: ServerProcess;
let environment: ClientEnvironment;

before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'trainyard-acceptance-paws-'));
  // Paws 0.46 knows no ContainerEntrypoint: the image has one.
  const entrypoint = ['/bin/sh', '-c', 'cat /opt/ml/input/data/train/* > /opt/ml/model/rows'];
  const images = { 'trainyard/host:latest': { root: '/', entrypoint } };
  server = await ServerProcess.start({ dataDir, settings: { executors: { process: { images } } } });
  environment = await server.clientEnvironment();
});
after(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const replay = (request: string, names: Names) => replayed(environment, request, names);

/** A job by Paws's own requests, with its data. */
async function create(): Promise<Names> {
  const names = { JOB: unique('paws'), DATA: unique('paws-data') };
  const credentials = {
    accessKeyId: environment.AWS_ACCESS_KEY_ID,
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
  };
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region } = environment;
  const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  const { bucket: Bucket } = service;
  await s3.send(new PutObjectCommand({ Bucket, Key: `${names.DATA}/rows.csv`, Body: '1\n' }));
  s3.destroy();
  const created = await replay('create', names);
  assert.equal(created.status, 200, JSON.stringify(created.body));
  assert.deepEqual(missed('CreateTrainingJobResponse', created.body), []);
  return names;
}

test('a demand that is not met is missed', () => {
  const answer = { TrainingJobSummaries: [{ TrainingJobName: 'a', TrainingJobArn: 'b', CreationTime: 1 }] };
  assert.deepEqual(missed('ListTrainingJobsResponse', answer), ['TrainingJobSummaries.TrainingJobStatus']);
  assert.deepEqual(missed('ListTrainingJobsResponse', {}), ['TrainingJobSummaries']);
});

test('create, describe until the end, with all that Paws demands at each moment', async () => {
  const names = await create();
  let job: Readonly<Record<string, unknown>> = {};
  for (const end = Date.now() + WITHIN_MS; Date.now() < end; await delay(50)) {
    const { status, body, headers } = await replay('describe', names);
    assert.equal(status, 200);
    assert.deepEqual(missed('DescribeTrainingJobResponse', body), [], String(body.SecondaryStatus));
    assert.match(String(body.CreationTime), SECONDS);
    assert.ok(headers['x-amzn-requestid'], 'Paws tells it as _request_id');
    job = body;
    if (['Completed', 'Failed', 'Stopped'].includes(String(body.TrainingJobStatus))) break;
  }
  assert.equal(job.TrainingJobStatus, 'Completed', String(job.FailureReason));
  assert.equal(job.EnableNetworkIsolation, true);
  for (const member of ['TrainingStartTime', 'TrainingEndTime', 'LastModifiedTime'])
    assert.match(String(job[member]), SECONDS, member);
});

test('lists take times as the strings that Paws sends', async () => {
  const names = await create();
  const { body } = await replay('list', names);
  assert.deepEqual(missed('ListTrainingJobsResponse', body), []);
  const summaries = body.TrainingJobSummaries as readonly { readonly TrainingJobName: string }[];
  assert.deepEqual(
    summaries.map(({ TrainingJobName }) => TrainingJobName),
    [names.JOB],
  );
  const until = await replay('listUntil', names);
  assert.equal(until.status, 200);
  assert.deepEqual(missed('ListTrainingJobsResponse', until.body), []);
});

test('tags are added, listed and taken away', async () => {
  const names = await create();
  const tags = async () => {
    const { body } = await replay('listTags', names);
    assert.deepEqual(missed('ListTagsOutput', body), []);
    return (body.Tags as readonly { Key: string; Value: string }[]).map(
      ({ Key, Value }) => `${Key}=${Value}`,
    );
  };
  assert.deepEqual(await tags(), ['by=paws']);
  const added = await replay('addTags', names);
  assert.deepEqual(missed('AddTagsOutput', added.body), []);
  assert.deepEqual((await tags()).sort(), ['a=b', 'by=paws']);
  assert.equal((await replay('deleteTags', names)).status, 200);
  assert.deepEqual(await tags(), ['by=paws']);
});

test('errors have the code and the message that Paws::Exception reads', async () => {
  const names = { JOB: unique('paws'), DATA: 'none' };
  for (const request of ['stop', 'describe', 'describeInvalid']) {
    const { status, body } = await replay(request, names);
    assert.equal(status, 400, request);
    assert.equal(body.__type, 'ValidationException', request);
    assert.ok(body.message, request);
  }
});
