import { execFileSync } from 'node:child_process';
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { type BenchServer, withFolder, withServer } from './bench-server.ts';
import { create, ended, jobRequest, timeIn } from './job.ts';
import { type Benchmark, mebibytesPerSecond, milliseconds, type Result, times } from './result.ts';
import { median } from './statistics.ts';

const GIBIBYTE = 2 ** 30;
const SMALL_FILES = 10_000;
const SMALL_BYTES = 10 * 1024;
const RUNS = 3;

/** A File channel from the embedded store, against `cp` of the same files on the same disk. */
export const fileChannel: Benchmark = {
  name: 'File channel',
  run: (progress) =>
    withFolder((folder) =>
      withServer({ instances: 1 }, async (server) => {
        const large = await largeFile(server, folder);
        progress('1 GiB measured');
        return [large, await smallFiles(server, folder)];
      }),
    ),
};

async function largeFile(server: BenchServer, folder: string): Promise<Result> {
  const source = join(folder, 'large');
  execFileSync('dd', ['if=/dev/urandom', `of=${source}`, 'bs=1M', 'count=1024'], { stdio: 'ignore' });
  await new Upload({
    client: server.s3,
    params: { Bucket: server.bucket, Key: 'large/file', Body: createReadStream(source) },
    partSize: 64 * 1024 * 1024,
  }).done();
  const { channel, copy } = await inTurn(server, 'large/', () =>
    timed(() => execFileSync('cp', [source, join(folder, 'copy')])),
  );
  return {
    name: 'File channel, 1 GiB',
    measured: mebibytesPerSecond(GIBIBYTE, channel),
    baseline: `${mebibytesPerSecond(GIBIBYTE, copy)} (cp)`,
    ratio: times(copy / channel),
    target: 'at least 0.8×',
    met: copy / channel >= 0.8,
  };
}

async function smallFiles(server: BenchServer, folder: string): Promise<Result> {
  const source = join(folder, 'small');
  mkdirSync(source);
  const client = server.s3;
  const body = Buffer.alloc(SMALL_BYTES, 'x');
  const indexes = Array.from({ length: SMALL_FILES }, (_, index) => index);
  const worker = async () => {
    for (let index = indexes.pop(); index !== undefined; index = indexes.pop()) {
      writeFileSync(join(source, `${index}`), body);
      await client.send(new PutObjectCommand({ Bucket: server.bucket, Key: `small/${index}`, Body: body }));
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  const { channel, copy } = await inTurn(server, 'small/', (run) =>
    timed(() => execFileSync('cp', ['-r', source, join(folder, `copy-${run}`)])),
  );
  return {
    name: `File channel, ${SMALL_FILES.toLocaleString('en')} files of 10 KiB`,
    measured: milliseconds(channel),
    baseline: `${milliseconds(copy)} (cp -r)`,
    ratio: times(copy / channel),
    target: 'at least 0.5×',
    met: copy / channel >= 0.5,
  };
}

/** The medians of the Downloading time of a job and of a copy, measured in turn. */
async function inTurn(server: BenchServer, prefix: string, copy: (run: number) => number) {
  const channels: number[] = [];
  const copies: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    channels.push(await downloadTime(server, prefix));
    copies.push(copy(run));
  }
  return { channel: median(channels), copy: median(copies) };
}

async function downloadTime(server: BenchServer, prefix: string): Promise<number> {
  const name = await create(
    server.sagemaker,
    jobRequest(server, ['/bin/true'], {
      InputDataConfig: [
        {
          ChannelName: 'train',
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${server.bucket}/${prefix}` } },
        },
      ],
    }),
  );
  return timeIn(await ended(server.sagemaker, name), 'Downloading');
}

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}
