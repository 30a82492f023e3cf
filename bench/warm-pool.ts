import { setTimeout as delay } from 'node:timers/promises';
import { DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { type BenchServer, withServer } from './bench-server.ts';
import { jobRequest, startOf } from './job.ts';
import { type Benchmark, milliseconds, times } from './result.ts';
import { median } from './statistics.ts';

const RUNS = 10;
const COMMAND = ['/bin/sh', '-c', 'date +%s.%N'];

/** The start of a job of two checked instances, on instances that are made for it against those that a job before it left. */
export const warmPool: Benchmark = {
  name: 'warm pool',
  run: () =>
    withServer({ instances: 4 }, async (server) => {
      const cold: number[] = [];
      const warm: number[] = [];
      for (let run = 0; run <= RUNS; run++) {
        const first = request(server, 600);
        const second = request(server, 0);
        const start = await startOf(server, first);
        await untilAvailable(server, first.TrainingJobName ?? '');
        const again = await startOf(server, second);
        // The first round is for the caches of the machine.
        if (run === 0) continue;
        cold.push(start);
        warm.push(again);
      }
      const [made, kept] = [median(cold), median(warm)];
      return [
        {
          name: 'Create → first line on both hosts of a warm pool, InfraCheck on',
          measured: milliseconds(kept),
          baseline: `${milliseconds(made)} (cold)`,
          ratio: times(kept / made),
          target: 'at most half, under 80 ms',
          met: kept <= made / 2 && kept < 80,
        },
      ];
    }),
};

const request = (server: BenchServer, KeepAlivePeriodInSeconds: number) =>
  jobRequest(server, COMMAND, {
    ResourceConfig: {
      InstanceType: 'ml.m5.large',
      InstanceCount: 2,
      VolumeSizeInGB: 0,
      KeepAlivePeriodInSeconds,
    },
    InfraCheckConfig: { EnableInfraCheck: true },
  });

async function untilAvailable(server: BenchServer, TrainingJobName: string): Promise<void> {
  for (;;) {
    const job = await server.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    if (job.WarmPoolStatus?.Status === 'Available') return;
    await delay(5);
  }
}
