import { execFileSync } from 'node:child_process';
import { createReadStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { clientEnvironment } from '../acceptance/harness/environment.ts';
import { pythonClients } from '../acceptance/harness/python.ts';
import { type BenchServer, withFolder, withServer } from './bench-server.ts';
import { create, ended, jobRequest, timeIn } from './job.ts';
import { type Benchmark, mebibytesPerSecond, milliseconds, type Result, times } from './result.ts';
import { median } from './statistics.ts';

const GIBIBYTE = 2 ** 30;
const SMALL_FILES = 10_000;
const SMALL_BYTES = 10 * 1024;
const RUNS = 3;
const GOOD = 0.9;
/** What the server may have more than before, whatever it downloads. */
const MOST_MEMORY = 256 * 2 ** 20;

/** A File channel from another S3, that of a second server on the same machine, against the AWS CLI as it comes. */
export const download: Benchmark = {
  name: 'Download from S3',
  run: (progress) =>
    withFolder((folder) =>
      withServer({}, async (store) => {
        await fill(store, folder);
        progress('objects are there');
        const { url: endpoint, accessKeyId, secretAccessKey, region } = store;
        const credentials = { accessKeyId, secretAccessKey };
        const s3 = { kind: 's3', endpoint, region, pathStyle: true, credentials };
        return withServer({ instances: 1, settings: { s3 } }, async (server) => {
          const small = await measure(server, store, folder, 'small/');
          progress('small objects measured');
          const memory = server.residentMemory();
          const large = await measure(server, store, folder, 'large/');
          const more = server.residentMemory() - memory;
          return [
            result('Download from S3, 1 GiB', large, (ms) => mebibytesPerSecond(GIBIBYTE, ms)),
            result('Download from S3, 10,000 objects of 10 KiB', small, milliseconds),
            memoryResult(more),
          ];
        });
      }),
    ),
};

interface Times {
  readonly ours: number;
  readonly byHand: number;
}

/** The medians of the Downloading time of a job and of the command line's copy, measured in turn. */
async function measure(
  server: BenchServer,
  store: BenchServer,
  folder: string,
  prefix: string,
): Promise<Times> {
  const aws = join(await pythonClients(), 'aws');
  const env = clientEnvironment({
    AWS_ENDPOINT_URL: store.url,
    AWS_ACCESS_KEY_ID: store.accessKeyId,
    AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
    AWS_REGION: store.region,
    AWS_DEFAULT_REGION: store.region,
  });
  const target = join(folder, 'by-hand');
  const copy = ['s3', 'cp', '--recursive', '--only-show-errors', `s3://${store.bucket}/${prefix}`, target];
  const ours: number[] = [];
  const byHand: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    ours.push(await downloadTime(server, store.bucket, prefix));
    const started = performance.now();
    execFileSync(aws, copy, { env, stdio: 'inherit' });
    byHand.push(performance.now() - started);
    rmSync(target, { recursive: true });
  }
  return { ours: median(ours), byHand: median(byHand) };
}

async function downloadTime(server: BenchServer, bucket: string, prefix: string): Promise<number> {
  const request = jobRequest(server, ['/bin/true'], {
    OutputDataConfig: { S3OutputPath: `s3://${bucket}/bench` },
    InputDataConfig: [
      {
        ChannelName: 'train',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${bucket}/${prefix}` } },
      },
    ],
  });
  return timeIn(await ended(server.sagemaker, await create(server.sagemaker, request)), 'Downloading');
}

async function fill(store: BenchServer, folder: string): Promise<void> {
  const source = join(folder, 'large');
  execFileSync('dd', ['if=/dev/urandom', `of=${source}`, 'bs=1M', 'count=1024'], { stdio: 'ignore' });
  const params = { Bucket: store.bucket, Key: 'large/file', Body: createReadStream(source) };
  await new Upload({ client: store.s3, params, partSize: 64 * 1024 * 1024 }).done();
  rmSync(source);
  const body = Buffer.alloc(SMALL_BYTES, 'x');
  const indexes = Array.from({ length: SMALL_FILES }, (_, index) => index);
  const client = store.s3;
  const worker = async () => {
    for (let index = indexes.pop(); index !== undefined; index = indexes.pop())
      await client.send(new PutObjectCommand({ Bucket: store.bucket, Key: `small/${index}`, Body: body }));
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

const result = (name: string, { ours, byHand }: Times, shown: (ms: number) => string): Result => ({
  name,
  measured: shown(ours),
  baseline: `${shown(byHand)} (aws s3 cp)`,
  ratio: times(byHand / ours),
  target: `at least ${GOOD}×`,
  met: byHand / ours >= GOOD,
});

const memoryResult = (more: number): Result => ({
  name: 'Download from S3, memory that 1 GiB takes',
  measured: `${Math.round(more / 2 ** 20)} MiB`,
  baseline: `${MOST_MEMORY / 2 ** 20} MiB (limit)`,
  ratio: times(Math.max(0, more) / MOST_MEMORY),
  target: 'at most 1×',
  met: more <= MOST_MEMORY,
});
