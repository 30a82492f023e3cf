import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { type BenchServer, withFolder, withServer } from './bench-server.ts';
import { create, ended, jobRequest, timeIn } from './job.ts';
import { type Benchmark, perSecond, times } from './result.ts';
import { median } from './statistics.ts';

const LINES = 3_000_000;
const WRITE = ['/usr/bin/seq', '-f', 'epoch %.0f: the loss is small', '1', String(LINES)];
const TARGET = 200_000;
const GROUP = '/aws/sagemaker/TrainingJobs';

/** A job that does nothing but write lines, against the same command writing to a file. */
export const logThroughput: Benchmark = {
  name: 'logs',
  run: () =>
    withFolder((folder) =>
      withServer({ instances: 1 }, async (server) => {
        const jobs: number[] = [];
        const bare: number[] = [];
        for (let run = 0; run < 3; run++) {
          const name = await create(server.sagemaker, jobRequest(server, WRITE));
          jobs.push(timeIn(await ended(server.sagemaker, name), 'Training'));
          await checkLastLine(server, name);
          bare.push(bareWrite(join(folder, `${run}.log`)));
        }
        const [job, write] = [median(jobs), median(bare)];
        const rate = LINES / (job / 1000);
        return [
          {
            name: `Log lines of one job, all ${LINES.toLocaleString('en')} stored`,
            measured: perSecond(rate),
            baseline: `${perSecond(LINES / (write / 1000))} (to a file)`,
            ratio: times(write / job),
            target: 'at least 200,000/s',
            met: rate >= TARGET,
          },
        ];
      }),
    ),
};

function bareWrite(path: string): number {
  const [program = '', ...args] = WRITE;
  const started = performance.now();
  execFileSync('/bin/sh', ['-c', 'out=$1; shift; exec "$@" >"$out"', 'sh', path, program, ...args]);
  return performance.now() - started;
}

async function checkLastLine(server: BenchServer, name: string): Promise<void> {
  const logs = new CloudWatchLogsClient(server.clientOptions);
  const { logStreams } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName: GROUP, logStreamNamePrefix: `${name}/` }),
  );
  const { events } = await logs.send(
    new GetLogEventsCommand({ logGroupName: GROUP, logStreamName: logStreams?.[0]?.logStreamName, limit: 1 }),
  );
  if (!events?.[0]?.message?.startsWith(`epoch ${LINES}:`))
    throw new Error(`the last line is ${events?.[0]?.message}`);
}
