import { setTimeout as delay } from 'node:timers/promises';
import { DescribeTrainingJobCommand, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { type BenchServer, withServer } from './bench-server.ts';
import { create, jobRequest, lastTime } from './job.ts';
import { type Benchmark, milliseconds, times } from './result.ts';
import { median } from './statistics.ts';

const RUNS = 10;
const LIMIT_MS = 100;

/** Prints the time at which it is asked to end. */
const SPOT = ['/bin/bash', '-c', 'trap "date +%s.%N; exit 0" TERM; while :; do sleep 1000 & wait $!; done'];

/** How soon a spot job is asked to make room for a job that is not. */
export const preemption: Benchmark = {
  name: 'preemption',
  run: () =>
    withServer({ instances: 1 }, async (server) => {
      const delays: number[] = [];
      for (let run = 0; run < RUNS; run++) delays.push(await preempt(server));
      const typical = median(delays);
      return [
        {
          name: 'CreateTrainingJob sent → SIGTERM at the spot job',
          measured: milliseconds(typical),
          baseline: `${LIMIT_MS} ms`,
          ratio: times(typical / LIMIT_MS),
          target: 'within 100 ms',
          met: typical < LIMIT_MS,
        },
      ];
    }),
};

async function preempt(server: BenchServer): Promise<number> {
  const spot = await create(
    server.sagemaker,
    jobRequest(server, SPOT, {
      EnableManagedSpotTraining: true,
      StoppingCondition: { MaxRuntimeInSeconds: 3600, MaxWaitTimeInSeconds: 3600 },
    }),
  );
  await until(server, spot, 'Training');
  // The shell has its handler by then.
  await delay(200);
  const asked = Date.now();
  const other = await create(server.sagemaker, jobRequest(server, ['/bin/true']));
  await until(server, other, 'Completed');
  const terminated = await lastTime(server, spot);
  await server.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: spot }));
  await until(server, spot, 'Stopped');
  return terminated - asked;
}

async function until(server: BenchServer, TrainingJobName: string, status: string): Promise<void> {
  for (;;) {
    const job = await server.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    if (job.SecondaryStatus === status) return;
    if (job.FailureReason !== undefined) throw new Error(job.FailureReason);
    await delay(10);
  }
}
