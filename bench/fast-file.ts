import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { TrainingInputMode } from '@aws-sdk/client-sagemaker';
import { type BenchServer, withServer } from './bench-server.ts';
import { create, ended, jobRequest, timeIn } from './job.ts';
import { type Benchmark, milliseconds, type Result, times } from './result.ts';
import { median } from './statistics.ts';

const FILES = 10_000;
const RUNS = 9;
/** Reads the first byte of a file in the middle, and says when it had it: seconds since the epoch. */
const READ = ['/bin/sh', '-c', `head -c 1 /opt/ml/input/data/train/${FILES / 2} > /dev/null && date +%s.%N`];

/**
 * A FastFile channel of many objects of the embedded store, against the same channel in File mode: by jobs that find the objects as the
 * job before did, and by jobs that are the first after a change.
 */
export const fastFile: Benchmark = {
  name: 'FastFile channel',
  run: (progress) =>
    withServer({ instances: 1 }, async (server) => {
      await upload(server);
      progress(`${FILES} objects uploaded`);
      await run(server, 'FastFile');
      const fast: Run[] = [];
      const first: Run[] = [];
      const file: Run[] = [];
      for (let number = 0; number < RUNS; number++) {
        await put(server, `changed-${number}`);
        first.push(await run(server, 'FastFile'));
        fast.push(await run(server, 'FastFile'));
        file.push(await run(server, 'File'));
      }
      return [
        result('CreateTrainingJob → first byte', fast, file, 'firstByte', 'under 100 ms', (ms) => ms < 100),
        result(
          'the same, after a change',
          first,
          file,
          'firstByte',
          'below File mode',
          (ms, base) => ms < base,
        ),
        result('Downloading', fast, file, 'downloading', 'below File mode', (ms, base) => ms < base),
      ];
    }),
};

interface Run {
  /** Milliseconds from the answer of CreateTrainingJob to the algorithm's first byte. */
  readonly firstByte: number;
  /** Milliseconds in Downloading. */
  readonly downloading: number;
}

function result(
  what: string,
  fast: readonly Run[],
  file: readonly Run[],
  member: keyof Run,
  target: string,
  isMet: (ms: number, baseline: number) => boolean,
): Result {
  const [measured, baseline] = [fast, file].map((runs) => median(runs.map((each) => each[member])));
  if (measured === undefined || baseline === undefined) throw new Error('nothing was measured');
  return {
    name: `FastFile, ${FILES.toLocaleString('en')} files: ${what}`,
    measured: milliseconds(measured),
    baseline: `${milliseconds(baseline)} (File mode)`,
    ratio: times(measured / baseline),
    target,
    met: isMet(measured, baseline),
  };
}

async function run(server: BenchServer, mode: TrainingInputMode): Promise<Run> {
  const request = jobRequest(server, READ, {
    InputDataConfig: [
      {
        ChannelName: 'train',
        InputMode: mode,
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${server.bucket}/many/` } },
      },
    ],
  });
  const name = await create(server.sagemaker, request);
  const created = Date.now();
  const job = await ended(server.sagemaker, name);
  return {
    firstByte: (await printedTime(server, job.TrainingJobName)) - created,
    downloading: timeIn(job, 'Downloading'),
  };
}

/** The time that a job printed, in epoch milliseconds. */
async function printedTime(server: BenchServer, job: string | undefined): Promise<number> {
  const logs = new CloudWatchLogsClient(server.clientOptions);
  const { events } = await logs.send(
    new FilterLogEventsCommand({
      logGroupName: '/aws/sagemaker/TrainingJobs',
      logStreamNamePrefix: `${job}/`,
    }),
  );
  return Number(events?.[0]?.message) * 1000;
}

async function upload(server: BenchServer): Promise<void> {
  const names = Array.from({ length: FILES }, (_, number) => `${number}`);
  const worker = async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) await put(server, name);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

async function put(server: BenchServer, name: string): Promise<void> {
  await server.s3.send(
    new PutObjectCommand({ Bucket: server.bucket, Key: `many/${name}`, Body: 'x'.repeat(1024) }),
  );
}
