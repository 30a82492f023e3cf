import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { HeadObjectCommand, NotFound, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { type BenchServer, withFolder, withServer } from './bench-server.ts';
import { create, jobRequest } from './job.ts';
import { type Benchmark, milliseconds, type Result } from './result.ts';
import { median } from './statistics.ts';

const LARGE_MEGABYTES = 100;
const RUNS = 3;
const TREE_FOLDERS = 100;
const TREE_FILES = 10_000;
/** Longer than a sync goes without looking at the whole tree. */
const IDLE_MS = 90_000;

/** Checkpoints: how soon a new one is in S3, and what a tree costs in which nothing changes. */
export const checkpointSync: Benchmark = {
  name: 'Checkpoint sync',
  run: (progress) =>
    withServer({ instances: 1 }, async (server) => {
      const large = await newFile(server);
      progress(`${LARGE_MEGABYTES} MB measured`);
      return [large, await idleTree(server, progress)];
    }),
};

async function newFile(server: BenchServer): Promise<Result> {
  const synced: number[] = [];
  for (let run = 0; run < RUNS; run++) synced.push(await timeToS3(server, run));
  const copied = await withFolder(async (folder) => copyTime(folder));
  return {
    name: `Checkpoint of ${LARGE_MEGABYTES} MB, closed → in S3`,
    measured: milliseconds(median(synced)),
    baseline: `${milliseconds(copied)} (cp)`,
    ratio: `+${milliseconds(median(synced) - copied)}`,
    target: 'under 5 s',
    met: median(synced) < 5_000,
  };
}

/** Milliseconds from the moment that the algorithm wrote down when it had closed the file to the object's being there. */
async function timeToS3(server: BenchServer, run: number): Promise<number> {
  const command = `dd if=/dev/urandom of=/opt/ml/checkpoints/model bs=1M count=${LARGE_MEGABYTES} 2>/dev/null; date +%s%3N; sleep 600`;
  const prefix = `checkpoints-${run}`;
  const job = await createSynced(server, command, prefix);
  const key = { Bucket: server.bucket, Key: `${prefix}/model` };
  while (!(await exists(server, key))) await delay(10);
  const stored = Date.now();
  const closed = Number(await firstLine(server, job));
  await stop(server, job);
  return stored - closed;
}

async function idleTree(server: BenchServer, progress: (line: string) => void): Promise<Result> {
  const base = await processorShare(server);
  progress('idle server measured');
  const command = `cd /opt/ml/checkpoints; for d in $(seq ${TREE_FOLDERS}); do mkdir $d; for f in $(seq ${TREE_FILES / TREE_FOLDERS}); do echo $d $f > $d/$f; done; done; sleep 600`;
  const job = await createSynced(server, command, 'tree');
  while ((await count(server, 'tree/')) < TREE_FILES) await delay(500);
  await delay(5_000);
  progress('tree synced');
  const share = await processorShare(server);
  await stop(server, job);
  return {
    name: `Checkpoints: ${TREE_FILES.toLocaleString('en')} files, nothing changes`,
    measured: percent(share),
    baseline: `${percent(base)} (no job)`,
    ratio: `+${percent(share - base)}`,
    target: 'under 5 % of a core',
    met: share < 0.05,
  };
}

/** The part of one core that the server takes. */
async function processorShare(server: BenchServer): Promise<number> {
  const [before, started] = [server.processorTime(), performance.now()];
  await delay(IDLE_MS);
  return (server.processorTime() - before) / (performance.now() - started);
}

function createSynced(server: BenchServer, command: string, prefix: string): Promise<string> {
  return create(
    server.sagemaker,
    jobRequest(server, ['/bin/sh', '-c', command], {
      CheckpointConfig: { S3Uri: `s3://${server.bucket}/${prefix}` },
    }),
  );
}

async function exists(server: BenchServer, key: { Bucket: string; Key: string }): Promise<boolean> {
  try {
    await server.s3.send(new HeadObjectCommand(key));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

async function count(server: BenchServer, prefix: string): Promise<number> {
  let objects = 0;
  for await (const page of paginateListObjectsV2(
    { client: server.s3 },
    { Bucket: server.bucket, Prefix: prefix },
  )) {
    objects += page.KeyCount ?? 0;
  }
  return objects;
}

async function firstLine(server: BenchServer, job: string): Promise<string | undefined> {
  const logs = new CloudWatchLogsClient(server.clientOptions);
  const { events } = await logs.send(
    new FilterLogEventsCommand({
      logGroupName: '/aws/sagemaker/TrainingJobs',
      logStreamNamePrefix: `${job}/`,
    }),
  );
  return events?.[0]?.message;
}

const stop = (server: BenchServer, job: string) =>
  server.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: job }));

function copyTime(folder: string): number {
  const [source, copy] = [join(folder, 'source'), join(folder, 'copy')];
  execFileSync('dd', ['if=/dev/urandom', `of=${source}`, 'bs=1M', `count=${LARGE_MEGABYTES}`], {
    stdio: 'ignore',
  });
  const started = performance.now();
  execFileSync('cp', [source, copy]);
  return performance.now() - started;
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
