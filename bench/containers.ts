import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeHostImage } from '../src/executors/docker/testing/host-image.fixture.ts';
import { PrivatePodman, podmanProblem } from '../src/executors/docker/testing/podman.fixture.ts';
import { BenchServer, withFolder } from './bench-server.ts';
import { jobRequest, startOf } from './job.ts';
import { type Benchmark, milliseconds, type Result } from './result.ts';
import { median } from './statistics.ts';

const RUNS = 15;
const IMAGE = 'docker.io/trainyard/host:latest';
const COMMAND = ['/bin/sh', '-c', 'date +%s.%N'];
const MOST_ADDED_MS = 100;

/** A job in a container against `podman run` of the same image and command. */
export const containers: Benchmark = {
  name: 'containers',
  run: (progress) =>
    withFolder(async (folder) => {
      const problem = podmanProblem();
      if (problem !== undefined) {
        progress(`left out: ${problem}`);
        return [];
      }
      const podman = await PrivatePodman.start();
      try {
        await makeHostImage(podman, IMAGE);
        return [await startOfJobs(join(folder, 'data'), podman)];
      } finally {
        await podman.remove();
      }
    }),
};

async function startOfJobs(dataDir: string, podman: PrivatePodman): Promise<Result> {
  mkdirSync(dataDir);
  const docker = { socket: podman.socket, maxInstances: 2 };
  const settings = { executor: 'docker', executors: { docker }, images: { pull: 'never' } };
  const server = await BenchServer.start({ dataDir, settings });
  try {
    const jobs: number[] = [];
    const runs: number[] = [];
    await startOf(server, jobRequest(server, COMMAND));
    await runStart(podman);
    for (let run = 0; run < RUNS; run++) {
      jobs.push(await startOf(server, jobRequest(server, COMMAND)));
      runs.push(await runStart(podman));
    }
    const [job, bare] = [median(jobs), median(runs)];
    return {
      name: 'Create → first line, in a container',
      measured: milliseconds(job),
      baseline: `${milliseconds(bare)} (podman run)`,
      ratio: `${job < bare ? '-' : '+'}${milliseconds(Math.abs(job - bare))}`,
      target: `at most +${MOST_ADDED_MS} ms`,
      met: job - bare <= MOST_ADDED_MS,
    };
  } finally {
    await server.stop();
  }
}

/** Milliseconds from the start of the command to the moment that the container itself wrote down. */
async function runStart(podman: PrivatePodman): Promise<number> {
  const started = Date.now();
  const time = await podman.command('run', '--rm', '--network', 'host', IMAGE, ...COMMAND);
  return Number(time) * 1000 - started;
}
