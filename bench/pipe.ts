import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Upload } from '@aws-sdk/lib-storage';
import { type BenchServer, withFolder, withServer } from './bench-server.ts';
import { create, ended, jobRequest } from './job.ts';
import { type Benchmark, mebibytesPerSecond, type Result, times } from './result.ts';
import { median } from './statistics.ts';

const MIBIBYTES = 512;
const BYTES = MIBIBYTES * 2 ** 20;
const RUNS = 3;

interface Kind {
  readonly name: string;
  /** The file of the folder that is uploaded, and given to the baseline. */
  readonly file: string;
  /** Writes the file to a FIFO: what a channel is measured against. */
  readonly baseline: readonly string[];
  readonly channel: { readonly CompressionType?: 'Gzip'; readonly RecordWrapperType?: 'RecordIO' };
  readonly target: number;
}

const kinds: readonly Kind[] = [
  { name: 'Pipe channel', file: 'plain', baseline: ['cat'], channel: {}, target: 0.8 },
  {
    name: 'Pipe channel, Gzip',
    file: 'plain.gz',
    baseline: ['zcat'],
    channel: { CompressionType: 'Gzip' },
    target: 1,
  },
  {
    name: 'Pipe channel, RecordIO',
    file: 'plain',
    baseline: ['cat'],
    channel: { RecordWrapperType: 'RecordIO' },
    target: 0.5,
  },
];

/** The time an algorithm needs for an epoch of one object, against a program that writes the same file to a FIFO. */
export const pipeChannel: Benchmark = {
  name: 'Pipe channel',
  run: (progress) =>
    withFolder((folder) =>
      withServer({ instances: 1 }, async (server) => {
        makeFiles(folder);
        for (const file of ['plain', 'plain.gz']) await upload(server, join(folder, file), file);
        const results: Result[] = [];
        for (const kind of kinds) {
          results.push(await measure(server, folder, kind));
          progress(`${kind.name} measured`);
        }
        return results;
      }),
    ),
};

/** Half of it can be compressed, as of most data. */
function makeFiles(folder: string): void {
  const path = join(folder, 'plain');
  const half = MIBIBYTES / 2;
  execFileSync('/bin/sh', [
    '-c',
    `head -c ${half}M /dev/urandom > "$1"; seq 99999999 | head -c ${half}M >> "$1"; gzip -1 -k "$1"; mkfifo "$1.fifo"`,
    'sh',
    path,
  ]);
}

async function upload(server: BenchServer, path: string, key: string): Promise<void> {
  const params = { Bucket: server.bucket, Key: `pipe/${key}/object`, Body: createReadStream(path) };
  await new Upload({ client: server.s3, params, partSize: 64 * 1024 * 1024 }).done();
}

async function measure(server: BenchServer, folder: string, kind: Kind): Promise<Result> {
  const channels: number[] = [];
  const baselines: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    channels.push(...(await epochTimes(server, kind)));
    baselines.push(await baselineTime(folder, kind));
  }
  const [channel, baseline] = [median(channels), median(baselines)];
  const ratio = baseline / channel;
  return {
    name: `${kind.name}, ${MIBIBYTES} MiB`,
    measured: mebibytesPerSecond(BYTES, channel),
    baseline: `${mebibytesPerSecond(BYTES, baseline)} (${kind.baseline.join(' ')} file > fifo)`,
    ratio: times(ratio),
    target: `at least ${kind.target}×`,
    met: ratio >= kind.target,
  };
}

/** Reads two epochs, of which the first finds a feeder that is only starting: the second one is what counts. */
const READ =
  'cd /opt/ml/input/data; cat train_0 > /dev/null; until [ -p train_1 ]; do sleep .01; done; s=$(date +%s%N); cat train_1 > /dev/null; e=$(date +%s%N); echo ms=$(((e-s)/1000000))';

async function epochTimes(server: BenchServer, kind: Kind): Promise<number[]> {
  const S3Uri = `s3://${server.bucket}/pipe/${kind.file}/`;
  const request = jobRequest(server, ['/bin/sh', '-c', READ], {
    InputDataConfig: [
      {
        ChannelName: 'train',
        InputMode: 'Pipe',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri } },
        ...kind.channel,
      },
    ],
  });
  request.AlgorithmSpecification = {
    TrainingInputMode: 'Pipe',
    ...request.AlgorithmSpecification,
    MetricDefinitions: [{ Name: 'ms', Regex: 'ms=([0-9]+)' }],
  };
  const { FinalMetricDataList = [] } = await ended(server.sagemaker, await create(server.sagemaker, request));
  return FinalMetricDataList.map(({ Value = Number.NaN }) => Value);
}

async function baselineTime(folder: string, { file, baseline }: Kind): Promise<number> {
  const fifo = join(folder, 'plain.fifo');
  if (!existsSync(fifo)) throw new Error('the FIFO of the baseline is gone');
  const started = performance.now();
  const writer = spawn('/bin/sh', [
    '-c',
    `${baseline.join(' ')} "$1" > "$2"`,
    'sh',
    join(folder, file),
    fifo,
  ]);
  execFileSync('/bin/sh', ['-c', 'cat "$1" > /dev/null', 'sh', fifo]);
  const time = performance.now() - started;
  if (writer.exitCode === null) await once(writer, 'exit');
  return time;
}
