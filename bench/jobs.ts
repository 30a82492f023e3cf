import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeTrainingJobCommand,
  ListTrainingJobsCommand,
  paginateListTrainingJobs,
  type SageMakerClient,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { type BenchServer, withServer } from './bench-server.ts';
import { sendEach } from './http-load.ts';
import { create, ended, jobRequest } from './job.ts';
import type { Benchmark, Result } from './result.ts';
import { signedRequest } from './signed-request.ts';

const JOBS = 200;
const SLOTS = 50;
const SLEEP_SECONDS = 1;
const RATIO_LIMIT = 1.3;
const CPU_SECONDS = 10;
const CPU_LIMIT = 0.05;
const MEMORY_LIMIT = 2 ** 20;
/** Creations that are under way at a time. */
const WIDTH = 8;

/** Many jobs at once: how long they take against what they sleep, and what the server needs while they only run. */
export const manyJobs: Benchmark = {
  name: 'jobs',
  run: async (progress) => {
    const throughput = await withServer({ instances: SLOTS }, sleepers);
    progress('throughput measured');
    const settings = { stop: { graceSeconds: 1 }, executors: { process: { maxInstances: JOBS } } };
    return [throughput, ...(await withServer({ settings }, idleJobs))];
  },
};

/** From the first creation to the last end, as the jobs' own facts tell it. They are asked for when all is over. */
async function sleepers(server: BenchServer): Promise<Result> {
  const jobs = Array.from({ length: JOBS }, () => jobRequest(server, ['/bin/sleep', `${SLEEP_SECONDS}`]));
  const requests = await Promise.all(jobs.map((job) => signedRequest(server, 'CreateTrainingJob', job)));
  await sendEach(new URL(server.url), requests, { connections: WIDTH });
  const client = server.sagemaker;
  const running = new ListTrainingJobsCommand({ StatusEquals: 'InProgress', MaxResults: 1 });
  while ((await client.send(running)).TrainingJobSummaries?.length) await delay(100);
  let [first, last] = [Number.POSITIVE_INFINITY, 0];
  for (const { TrainingJobName } of jobs) {
    const { CreationTime, TrainingEndTime } = await ended(client, TrainingJobName ?? '');
    first = Math.min(first, Number(CreationTime));
    last = Math.max(last, Number(TrainingEndTime));
  }
  const seconds = (last - first) / 1000;
  const ideal = (JOBS / SLOTS) * SLEEP_SECONDS;
  return {
    name: `${JOBS} jobs of 1 s on ${SLOTS} instances`,
    measured: `${seconds.toFixed(1)} s`,
    baseline: `${ideal.toFixed(1)} s (their sleep)`,
    ratio: `${(seconds / ideal).toFixed(2)}×`,
    target: `within ${RATIO_LIMIT}×`,
    met: seconds <= RATIO_LIMIT * ideal,
  };
}

async function idleJobs(server: BenchServer): Promise<Result[]> {
  await ended(server.sagemaker, await create(server.sagemaker, jobRequest(server, ['/bin/true'])));
  const memoryBefore = server.residentMemory();
  const names = await createAll(server, ['/bin/sleep', '600']);
  try {
    for (const name of names) await untilTraining(server, name);
    // What their start cost is over.
    await delay(3000);
    const before = server.processorTime();
    await delay(CPU_SECONDS * 1000);
    const share = (server.processorTime() - before) / (CPU_SECONDS * 1000);
    const memory = (server.residentMemory() - memoryBefore) / JOBS;
    return [
      {
        name: `Processor time with ${JOBS} idle jobs`,
        measured: `${(share * 100).toFixed(1)} % of a core`,
        baseline: `${CPU_LIMIT * 100} % (limit)`,
        ratio: `${(share / CPU_LIMIT).toFixed(2)}×`,
        target: `under ${CPU_LIMIT * 100} %`,
        met: share < CPU_LIMIT,
      },
      {
        name: 'Memory of the server for an idle job',
        measured: `${Math.round(memory / 1024)} KiB`,
        baseline: `${MEMORY_LIMIT / 1024} KiB (limit)`,
        ratio: `${(memory / MEMORY_LIMIT).toFixed(2)}×`,
        target: 'under 1 MiB',
        met: memory < MEMORY_LIMIT,
      },
    ];
  } finally {
    await stopAll(server);
  }
}

async function createAll(server: BenchServer, command: readonly string[]): Promise<string[]> {
  const client = server.sagemaker;
  const names: string[] = [];
  const worker = async () => {
    while (names.length < JOBS) {
      const request = jobRequest(server, command);
      names.push(request.TrainingJobName ?? '');
      await create(client, request);
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
  return names;
}

async function untilTraining(server: BenchServer, name: string): Promise<void> {
  const client = server.sagemaker;
  for (;;) {
    const job = await client.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    if (job.SecondaryStatus === 'Training') return;
    if (job.TrainingJobStatus !== 'InProgress') throw new Error(`${name}: ${job.FailureReason}`);
    await delay(50);
  }
}

/** Jobs outlive their server; these must not. */
async function stopAll(server: BenchServer): Promise<void> {
  const client = server.sagemaker;
  for (const TrainingJobName of await unfinished(client))
    await client.send(new StopTrainingJobCommand({ TrainingJobName })).catch(() => {});
  while ((await unfinished(client)).length > 0) await delay(200);
}

/** The names of the jobs that have not ended. */
async function unfinished(client: SageMakerClient): Promise<string[]> {
  const names: string[] = [];
  for (const StatusEquals of ['InProgress', 'Stopping'] as const) {
    for await (const page of paginateListTrainingJobs({ client, pageSize: 100 }, { StatusEquals }))
      names.push(...(page.TrainingJobSummaries ?? []).map((each) => each.TrainingJobName ?? ''));
  }
  return names;
}
