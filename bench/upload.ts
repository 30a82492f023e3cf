import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { clientEnvironment } from '../acceptance/harness/environment.ts';
import { pythonClients } from '../acceptance/harness/python.ts';
import { type BenchServer, withFolder, withServer } from './bench-server.ts';
import { create, ended, jobRequest, timeIn } from './job.ts';
import { type Benchmark, mebibytesPerSecond, type Result, times } from './result.ts';
import { median } from './statistics.ts';

const GIBIBYTE = 2 ** 30;
/** The model is so many copies of a block: farther apart than deflate looks. */
const COPIES = 128;
const RUNS = 3;
/** Asking more often would take from the processors that the upload is to use. */
const POLL_MS = 500;

/** A model of 1 GiB on its way out, against what does the same by hand. */
export const uploads: Benchmark = {
  name: 'Upload',
  run: (progress) =>
    withFolder(async (folder) => {
      const block = weights(GIBIBYTE / COPIES);
      const model = join(folder, 'model');
      await mkdir(model);
      for (let copy = 0; copy < COPIES; copy++) writeFileSync(join(model, 'weights'), block, { flag: 'a' });
      return withServer({ instances: 1 }, async (server) => {
        await putBlock(server, block);
        const archive = await asArchive(server, model);
        progress('GZIP measured');
        const files = await asFile(server, server, model, 'the embedded store');
        progress('NONE measured');
        return [archive, files, await toAnotherS3(server, model)];
      });
    }),
};

async function asArchive(server: BenchServer, model: string): Promise<Result> {
  const ours = await uploadTime(server, 'GZIP');
  const byHand = timed(() =>
    execFileSync('sh', ['-c', 'tar -c -C "$0" . | gzip -1 > "$0.tar.gz"', model], { stdio: 'inherit' }),
  );
  rmSync(`${model}.tar.gz`);
  return result('Upload of 1 GiB, GZIP', ours, byHand, 'tar c | gzip -1');
}

/** `store` is the server whose bucket the files go to. */
async function asFile(
  server: BenchServer,
  store: BenchServer,
  model: string,
  where: string,
): Promise<Result> {
  const bin = await pythonClients();
  const env = clientEnvironment({
    AWS_ENDPOINT_URL: store.url,
    AWS_ACCESS_KEY_ID: store.accessKeyId,
    AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
    AWS_REGION: store.region,
    AWS_DEFAULT_REGION: store.region,
  });
  const target = `s3://${store.bucket}/by-hand/weights`;
  const copy = ['s3', 'cp', '--only-show-errors', join(model, 'weights'), target];
  const ours: number[] = [];
  const byHand: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    ours.push(await uploadTime(server, 'NONE'));
    byHand.push(timed(() => execFileSync(join(bin, 'aws'), copy, { env, stdio: 'inherit' })));
  }
  return result(`Upload of 1 GiB, NONE, to ${where}`, median(ours), median(byHand), 'aws s3 cp');
}

/** By a server whose objects are in another S3: that of the first server, on the same machine. */
function toAnotherS3(store: BenchServer, model: string): Promise<Result> {
  const { url: endpoint, accessKeyId, secretAccessKey, region } = store;
  const s3 = { kind: 's3', endpoint, region, pathStyle: true, credentials: { accessKeyId, secretAccessKey } };
  return withServer({ instances: 1, settings: { s3 } }, (server) =>
    asFile(server, store, model, 'another S3'),
  );
}

/** The bytes of trained weights, more or less: 32-bit floats of a normal distribution. */
function weights(bytes: number): Buffer {
  const values = new Float32Array(bytes / 4);
  for (let at = 0; at < values.length; at++) {
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    values[at] = 0.02 * radius * Math.cos(2 * Math.PI * Math.random());
  }
  return Buffer.from(values.buffer);
}

async function putBlock(server: BenchServer, block: Buffer): Promise<void> {
  await server.s3.send(new PutObjectCommand({ Bucket: server.bucket, Key: 'block/weights', Body: block }));
}

/** How long a job that leaves the model is in Uploading. As the file of the baseline, its file is on the disk by then. */
async function uploadTime(server: BenchServer, CompressionType: 'GZIP' | 'NONE'): Promise<number> {
  const script = `for copy in $(seq ${COPIES}); do cat /opt/ml/input/data/block/weights; done > /opt/ml/model/weights; sync /opt/ml/model/weights`;
  const request = jobRequest(server, ['/bin/sh', '-c', script], {
    OutputDataConfig: { S3OutputPath: `s3://${server.bucket}/bench`, CompressionType },
    InputDataConfig: [
      {
        ChannelName: 'block',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${server.bucket}/block/` } },
      },
    ],
  });
  return timeIn(await ended(server.sagemaker, await create(server.sagemaker, request), POLL_MS), 'Uploading');
}

function result(name: string, ours: number, byHand: number, command: string): Result {
  return {
    name,
    measured: mebibytesPerSecond(GIBIBYTE, ours),
    baseline: `${mebibytesPerSecond(GIBIBYTE, byHand)} (${command})`,
    ratio: times(byHand / ours),
    target: 'at least 0.8×',
    met: byHand / ours >= 0.8,
  };
}

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}
