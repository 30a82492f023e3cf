import { execFileSync } from 'node:child_process';
import { type BenchServer, withServer } from './bench-server.ts';
import { jobRequest, startOf } from './job.ts';
import { type Benchmark, milliseconds, type Result } from './result.ts';
import { median } from './statistics.ts';

const RUNS = 25;
/** Each prints the time at which it runs, in seconds since the epoch. */
const SHELL = ['/bin/sh', '-c', 'date +%s.%N'];
const PYTHON = ['/usr/bin/python3', '-c', 'import time; print(time.time())'];

/** CreateTrainingJob answered → the algorithm's first line, against starting the same command bare. */
export const startLatency: Benchmark = {
  name: 'start of a job',
  run: (progress) =>
    withServer({ instances: 2 }, async (server) => {
      const shell = await compare(
        server,
        'Create → first line, /bin/sh',
        SHELL,
        'under 100 ms',
        (job) => job < 100,
      );
      progress('shell measured');
      const python = await compare(
        server,
        'Create → first line, Python',
        PYTHON,
        'under the bare start + 100 ms',
        (job, bare) => job < bare + 100,
      );
      return [shell, python];
    }),
};

async function compare(
  server: BenchServer,
  name: string,
  command: readonly string[],
  target: string,
  isMet: (job: number, bare: number) => boolean,
): Promise<Result> {
  const jobs: number[] = [];
  const bare: number[] = [];
  await startOf(server, jobRequest(server, command));
  for (let run = 0; run < RUNS; run++) {
    jobs.push(await startOf(server, jobRequest(server, command)));
    bare.push(bareStart(command));
  }
  const [job, spawn] = [median(jobs), median(bare)];
  return {
    name,
    measured: milliseconds(job),
    baseline: `${milliseconds(spawn)} (bare spawn)`,
    ratio: `+${milliseconds(job - spawn)}`,
    target,
    met: isMet(job, spawn),
  };
}

function bareStart([program = '', ...args]: readonly string[]): number {
  const started = Date.now();
  return Number(execFileSync(program, args, { encoding: 'utf8' })) * 1000 - started;
}
