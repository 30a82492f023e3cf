import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe as group, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SageMakerServiceException } from '@aws-sdk/client-sagemaker';
import { type Json, service, unique } from './cases.ts';
import { artifactFiles, create, describe, logLines, s3, waitForEnd } from './jobs.ts';

const OBJECTS = 8;

const put = (key: string, body: string | Buffer) =>
  s3.send(new PutObjectCommand({ Bucket: service.bucket, Key: key, Body: body }));

const channel = (
  name: string,
  key: string,
  more: Record<string, Json> = {},
  source: Record<string, Json> = {},
) => ({
  ChannelName: name,
  DataSource: {
    S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${service.bucket}/${key}`, ...source },
  },
  ...more,
});

/** Uploads the rows of the breast cancer example as some compressed objects without a header. Returns the rows. */
async function uploadRows(prefix: string): Promise<string[]> {
  const csv = await readFile(
    new URL('../../examples/breast-cancer/data/train/train.csv', import.meta.url),
    'utf8',
  );
  const [, ...rows] = csv.trimEnd().split('\n');
  for (let part = 0; part < OBJECTS; part++) {
    const own = rows.filter((_, at) => at % OBJECTS === part);
    await put(`${prefix}/rows/${part}.csv.gz`, gzipSync(own.map((row) => `${row}\n`).join('')));
  }
  return rows;
}

group('Pipe mode', () => {
  test('three epochs of training over compressed objects, shuffled anew for each', async () => {
    const prefix = unique('pipe');
    const rows = await uploadRows(prefix);
    const script = await readFile(new URL('pipe-training.py', import.meta.url));
    await put(`${prefix}/code/pipe-training.py`, script);
    const job = await create('minimal', 'pipe', {
      set: {
        'AlgorithmSpecification.TrainingInputMode': 'Pipe',
        'AlgorithmSpecification.ContainerEntrypoint': ['python3'],
        'AlgorithmSpecification.ContainerArguments': ['/opt/ml/input/data/code/pipe-training.py'],
        InputDataConfig: [
          channel('train', `${prefix}/rows/`, { CompressionType: 'Gzip', ShuffleConfig: { Seed: 7 } }),
          channel('code', `${prefix}/code/`, { InputMode: 'File' }),
        ],
      },
    });
    await waitForEnd(job);
    const [mode, ...lines] = await logLines(job);
    assert.equal(mode, 'mode=Pipe');
    const epochs = lines.map((line) => /rows=(\d+) sum=(\S+) train_loss=(\S+) first=(\S+)/.exec(line) ?? []);
    assert.deepEqual(
      epochs.map(([, count]) => Number(count)),
      [rows.length, rows.length, rows.length],
    );
    assert.equal(new Set(epochs.map(([, , sum]) => sum)).size, 1, 'an epoch has other rows than the others');
    assert.ok(new Set(epochs.map(([, , , , first]) => first)).size > 1, 'all epochs had the same order');
    const losses = epochs.map(([, , , loss]) => Number(loss));
    assert.ok(Number(losses[2]) < Number(losses[0]), losses.join());
    assert.deepEqual(Object.keys(await artifactFiles(job, 'model.tar.gz')), ['model.json']);
  });

  test('an augmented manifest as RecordIO', async () => {
    const prefix = unique('augmented');
    await put(`${prefix}/image`, 'pixels');
    await put(`${prefix}/m.jsonl`, `{"image-ref":"s3://${service.bucket}/${prefix}/image","label":3}\n`);
    const source = { S3DataType: 'AugmentedManifestFile', AttributeNames: ['image-ref', 'label'] };
    const job = await create('minimal', 'augmented', {
      set: {
        'AlgorithmSpecification.ContainerArguments': ['od -An -v -tx1 -w4 /opt/ml/input/data/train_0'],
        InputDataConfig: [
          channel('train', `${prefix}/m.jsonl`, { InputMode: 'Pipe', RecordWrapperType: 'RecordIO' }, source),
        ],
      },
    });
    await waitForEnd(job);
    // training contract §2.3 and §2.5: "pixels" and "3", each in its frame.
    const words = ['0a 23 d7 ce', '06 00 00 00', '70 69 78 65', '6c 73 00 00'];
    assert.deepEqual(
      (await logLines(job)).map((line) => line.trim()),
      [...words, '0a 23 d7 ce', '01 00 00 00', '33 00 00 00'],
    );
  });

  test('what can not be decompressed fails the job with its key', async () => {
    const prefix = unique('notgzip');
    await put(`${prefix}/plain`, 'not compressed');
    const job = await create('minimal', 'notgzip', {
      set: {
        'AlgorithmSpecification.ContainerArguments': ['cat /opt/ml/input/data/train_0 && echo whole'],
        InputDataConfig: [channel('train', `${prefix}/`, { InputMode: 'Pipe', CompressionType: 'Gzip' })],
      },
    });
    await assert.rejects(waitForEnd(job));
    const { FailureReason = '' } = await describe(job);
    assert.match(FailureReason, /^ClientError: Data download failed:/);
    assert.ok(FailureReason.includes(`s3://${service.bucket}/${prefix}/plain`), FailureReason);
    assert.ok(!(await logLines(job)).includes('whole'), 'the algorithm took what it got for all');
  });

  test('Gzip in File mode is refused', async () => {
    const set = { InputDataConfig: [channel('train', 'x/', { CompressionType: 'Gzip' })] };
    await assert.rejects(create('minimal', 'file', { set }), (error) => {
      assert.ok(error instanceof SageMakerServiceException);
      assert.equal(error.name, 'ValidationException');
      assert.match(error.message, /CompressionType Gzip.*channel train.*only supported in Pipe mode/);
      return true;
    });
  });
});
