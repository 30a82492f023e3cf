import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { GpuMonitor } from '../src/agent/usage/gpu-monitor.ts';
import { UsageRecorder } from '../src/agent/usage/usage-recorder.ts';
import { UsageSampler } from '../src/agent/usage/usage-sampler.ts';
import { systemClock } from '../src/clock/system-clock.ts';
import { ProcessSnapshot } from '../src/executors/usage/process-snapshot.ts';
import { Database } from '../src/store/database.ts';
import { withFolder } from './bench-server.ts';
import type { Benchmark } from './result.ts';

const INSTANCES = 200;
const INTERVAL_MS = 5_000;
const MEASURED_MS = 30_000;
const LIMIT = 0.05;

/** What it costs to sample and record many instances that do nothing. */
export const usageSampling: Benchmark = {
  name: 'usage',
  run: () =>
    withFolder(async (folder) => {
      const algorithms = Array.from({ length: INSTANCES }, () =>
        spawn('sleep', ['1000'], { stdio: 'ignore' }),
      );
      try {
        const share = await measure(folder, algorithms);
        return [
          {
            name: `Sampling ${INSTANCES} idle instances`,
            measured: `${(100 * share).toFixed(2)} % of a core`,
            baseline: `${100 * LIMIT} % (limit)`,
            ratio: `${(share / LIMIT).toFixed(2)}×`,
            target: `under ${100 * LIMIT} %`,
            met: share < LIMIT,
          },
        ];
      } finally {
        for (const algorithm of algorithms) algorithm.kill();
      }
    }),
};

async function measure(folder: string, algorithms: readonly ChildProcess[]): Promise<number> {
  const database = new Database(join(folder, 'database'));
  const recorder = new UsageRecorder({
    ...{ database, clock: systemClock, intervalMs: INTERVAL_MS, retentionMs: 86_400_000 },
    sampler: new UsageSampler(systemClock, new GpuMonitor(systemClock)),
    onError(error) {
      throw error;
    },
  });
  for (const [index, { pid = 0 }] of algorithms.entries()) {
    recorder.record(
      { jobId: index + 1, jobName: `job-${index}`, host: 'algo-1', gpus: [] },
      {
        usage: async () => ProcessSnapshot.take().usageOfTree(pid),
        capacity: { cpus: 2, memoryBytes: 2 ** 33 },
        folder,
        gpus: [],
      },
    );
  }
  // The first two samples are taken close to each other, and the code is compiled with them.
  await wait(2 * INTERVAL_MS);
  const [before, since] = [process.cpuUsage(), systemClock.now()];
  await wait(MEASURED_MS);
  const { user, system } = process.cpuUsage(before);
  const elapsed = systemClock.now() - since;
  recorder.close();
  database.close();
  return (user + system) / 1000 / elapsed;
}
