import { withServer } from './bench-server.ts';
import { jobRequest, startOf } from './job.ts';
import { type Benchmark, milliseconds } from './result.ts';
import { median } from './statistics.ts';

const RUNS = 15;
const LIMIT_MS = 250;
const SHELL = ['/bin/sh', '-c', 'date +%s.%N'];

/** Create → the first lines of both hosts of a job of two, against those of a job of one on the same server. */
export const clusterStart: Benchmark = {
  name: 'cluster-start',
  run: () =>
    withServer({ instances: 2 }, async (server) => {
      const start = (InstanceCount: number) =>
        startOf(
          server,
          jobRequest(server, SHELL, {
            ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount, VolumeSizeInGB: 0 },
          }),
        );
      const [ones, twos]: [number[], number[]] = [[], []];
      await start(2);
      for (let run = 0; run < RUNS; run++) {
        ones.push(await start(1));
        twos.push(await start(2));
      }
      const [one, two] = [median(ones), median(twos)];
      return [
        {
          name: 'Create → first lines of two hosts',
          measured: milliseconds(two),
          baseline: `${milliseconds(one)} (one host)`,
          ratio: `+${milliseconds(two - one)}`,
          target: `under one host + ${LIMIT_MS} ms`,
          met: two < one + LIMIT_MS,
        },
      ];
    }),
};
