import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { describe as group, test } from 'node:test';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand, HeadObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { SageMakerServiceException, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { extract } from 'tar-stream';
import { type Json, service } from './cases.ts';
import { create, describe, logLines, s3, sagemaker, waitForEnd, waitForLine } from './jobs.ts';

/** A model of several kinds of things, and another output: more than a block of what is compressed at a time, and hardly anything. */
const LEAVE = [
  'cd /opt/ml/model && mkdir -p code/empty && printf weights > weights.bin && ln -s weights.bin latest',
  "seq 400000 > code/numbers && chmod 750 code/numbers && mkfifo pipe && printf x > 'with space'",
  'mkdir /opt/ml/output/data/eval && printf {} > /opt/ml/output/data/eval/results.json',
];

const NUMBERS = Buffer.from(Array.from({ length: 400_000 }, (_, n) => `${n + 1}\n`).join(''));

const MODEL_FILES: Readonly<Record<string, Buffer>> = {
  'code/numbers': NUMBERS,
  'weights.bin': Buffer.from('weights'),
  'with space': Buffer.from('x'),
};
const OUTPUT_FILES: Readonly<Record<string, Buffer>> = { 'eval/results.json': Buffer.from('{}') };

/** How jobs end of which artifacts stay (training contract §3.3). */
interface Ending {
  readonly name: string;
  readonly rest: string;
  readonly set?: Readonly<Record<string, Json>>;
  readonly status: string;
  readonly secondaryStatus: string;
  during?(job: string): Promise<void>;
}

const endings: readonly Ending[] = [
  { name: 'completes', rest: 'exit 0', status: 'Completed', secondaryStatus: 'Completed' },
  { name: 'fails', rest: 'exit 3', status: 'Failed', secondaryStatus: 'Failed' },
  {
    name: 'is stopped',
    rest: "trap 'exit 0' TERM; echo waiting; for i in $(seq 900); do sleep 0.1; done",
    status: 'Stopped',
    secondaryStatus: 'Stopped',
    async during(job) {
      await waitForLine(job, 'waiting');
      await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: job }));
    },
  },
  {
    name: 'runs too long',
    rest: "trap 'exit 0' TERM; for i in $(seq 900); do sleep 0.1; done",
    set: { 'StoppingCondition.MaxRuntimeInSeconds': 3 },
    status: 'Stopped',
    secondaryStatus: 'MaxRuntimeExceeded',
  },
];

for (const ending of endings) {
  group(`a job that ${ending.name} keeps what it wrote`, () => {
    test('as archives', async () => {
      const job = await run(ending, 'GZIP');
      const keys = await keysOf(job);
      assert.deepEqual(Object.keys(keys), ['model.tar.gz', 'output.tar.gz']);
      const model = await unpacked(job, 'model.tar.gz');
      assert.deepEqual(
        model.map(({ name, type, linkname }) => [name, type, ...(linkname ? [linkname] : [])]),
        [
          ['code', 'directory'],
          ['code/empty', 'directory'],
          ['code/numbers', 'file'],
          ['latest', 'symlink', 'weights.bin'],
          ['weights.bin', 'file'],
          ['with space', 'file'],
        ],
      );
      assert.equal(model.find(({ name }) => name === 'code/numbers')?.mode, 0o750);
      checkFiles(model, MODEL_FILES);
      checkFiles(await unpacked(job, 'output.tar.gz'), OUTPUT_FILES);
      assert.equal((await describe(job)).ModelArtifacts?.S3ModelArtifacts, uriOf(job, 'model.tar.gz'));
    });

    test('as files of their own', async () => {
      const job = await run(ending, 'NONE');
      const files = { ...prefixed('model/', MODEL_FILES), ...prefixed('output/', OUTPUT_FILES) };
      const keys = await keysOf(job);
      assert.deepEqual(Object.keys(keys), Object.keys(files).sort());
      for (const [key, content] of Object.entries(files)) {
        assert.ok((await objectBytes(job, key)).equals(content), key);
      }
      assert.equal((await describe(job)).ModelArtifacts?.S3ModelArtifacts, uriOf(job, 'model/'));
      const lines = await logLines(job);
      assert.ok(lines.some((line) => line.includes('model/latest was left out: it is a link')));
      assert.ok(lines.some((line) => line.includes('model/code/empty was left out: it is a folder')));
    });
  });
}

test('a job that wrote nothing has no artifacts, however it ends', async () => {
  for (const code of [0, 1]) {
    const job = await create('minimal', 'nothing', {
      set: { 'AlgorithmSpecification.ContainerArguments': [`exit ${code}`] },
    });
    await waitForEnd(job).catch(() => undefined);
    assert.deepEqual(await keysOf(job), {});
  }
});

group('OutputDataConfig.KmsKeyId', () => {
  for (const compression of ['GZIP', 'NONE']) {
    test(`encrypts what is stored: ${compression}`, async () => {
      const job = await create('minimal', 'kms', {
        set: {
          'AlgorithmSpecification.ContainerArguments': ['echo secret > /opt/ml/model/m'],
          'OutputDataConfig.KmsKeyId': 'alias/aws/s3',
          'OutputDataConfig.CompressionType': compression,
        },
      });
      await waitForEnd(job);
      const name = compression === 'NONE' ? 'model/m' : 'model.tar.gz';
      const head = await s3.send(new HeadObjectCommand({ Bucket: service.bucket, Key: keyOf(job, name) }));
      assert.equal(head.ServerSideEncryption, 'aws:kms');
      assert.match(head.SSEKMSKeyId ?? '', /^arn:aws:kms:/);
      assert.equal((await describe(job)).OutputDataConfig?.KmsKeyId, 'alias/aws/s3');
      if (compression === 'NONE') assert.equal((await objectBytes(job, name)).toString(), 'secret\n');
    });
  }

  test('names a key that does not exist: refused, by name', async () => {
    await assert.rejects(
      create('minimal', 'kms', { set: { 'OutputDataConfig.KmsKeyId': 'alias/no-such-key' } }),
      (error) =>
        error instanceof SageMakerServiceException &&
        error.name === 'ValidationException' &&
        error.message.includes('OutputDataConfig.KmsKeyId') &&
        error.message.includes('alias/no-such-key'),
    );
  });
});

async function run(ending: Ending, compression: string): Promise<string> {
  const job = await create('minimal', 'artifacts', {
    set: {
      ...ending.set,
      'AlgorithmSpecification.ContainerArguments': [
        `for each; do eval "$each" || exit 99; done; ${ending.rest}`,
        'sh',
        ...LEAVE,
      ],
      'OutputDataConfig.CompressionType': compression,
    },
  });
  await ending.during?.(job);
  await waitForEnd(job).catch((error) => {
    if (ending.status !== 'Failed') throw error;
  });
  const { TrainingJobStatus, SecondaryStatus, FailureReason } = await describe(job);
  assert.deepEqual([TrainingJobStatus, SecondaryStatus], [ending.status, ending.secondaryStatus]);
  if (ending.status === 'Failed') assert.match(FailureReason ?? '', /, exit code: 3$/);
  return job;
}

const keyOf = (job: string, name: string) => `models/${job}/output/${name}`;
const uriOf = (job: string, name: string) => `s3://${service.bucket}/${keyOf(job, name)}`;

const prefixed = (prefix: string, files: Readonly<Record<string, Buffer>>): Record<string, Buffer> =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [prefix + name, content]));

/** The objects below a job's output, in key order: their sizes by what follows `output/`. */
async function keysOf(job: string): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  const prefix = keyOf(job, '');
  for await (const page of paginateListObjectsV2(
    { client: s3 },
    { Bucket: service.bucket, Prefix: prefix },
  )) {
    for (const { Key: key = '', Size: size = -1 } of page.Contents ?? [])
      sizes[key.slice(prefix.length)] = size;
  }
  return sizes;
}

async function objectBytes(job: string, name: string): Promise<Buffer> {
  const command = new GetObjectCommand({ Bucket: service.bucket, Key: keyOf(job, name) });
  const { Body: body } = await s3.send(command);
  assert.ok(body);
  return Buffer.from(await body.transformToByteArray());
}

interface Unpacked {
  readonly name: string;
  readonly type: string | null | undefined;
  readonly linkname: string | null | undefined;
  readonly mode: number | undefined;
  readonly content: Buffer;
}

async function unpacked(job: string, name: string): Promise<Unpacked[]> {
  const gunzip = createGunzip();
  const tar = gunzip.pipe(extract());
  gunzip.end(await objectBytes(job, name));
  const entries: Unpacked[] = [];
  for await (const entry of tar) {
    const { name: path, type, linkname, mode } = entry.header;
    entries.push({ name: path, type, linkname, mode, content: await buffer(entry) });
  }
  return entries;
}

function checkFiles(entries: readonly Unpacked[], files: Readonly<Record<string, Buffer>>): void {
  const stored = entries.filter(({ type }) => type === 'file');
  assert.deepEqual(stored.map(({ name }) => name).sort(), Object.keys(files).sort());
  for (const { name, content } of stored) assert.ok(files[name]?.equals(content), name);
}
