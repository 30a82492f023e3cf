import { BenchServer, withFolder } from './bench-server.ts';
import { create, ended, jobRequest } from './job.ts';
import { type Benchmark, milliseconds } from './result.ts';
import { median } from './statistics.ts';

const RUNS = 5;
const READY_LIMIT = 1000;
const MEMORY_LIMIT = 150 * 2 ** 20;

/** How soon the server is ready, and the memory it has when nothing happens. */
export const footprint: Benchmark = {
  name: 'footprint',
  run: () =>
    withFolder(async (dataDir) => {
      const starts: number[] = [];
      const memory: number[] = [];
      for (let run = 0; run < RUNS; run++) {
        const server = await BenchServer.start({ dataDir });
        starts.push(server.readyAfter);
        await ended(server.sagemaker, await create(server.sagemaker, jobRequest(server, ['/bin/true'])));
        memory.push(server.residentMemory());
        await server.stop();
      }
      const [ready, idle] = [median(starts), median(memory)];
      return [
        {
          name: 'Server ready',
          measured: milliseconds(ready),
          baseline: `${milliseconds(READY_LIMIT)} (limit)`,
          ratio: `${(ready / READY_LIMIT).toFixed(2)}×`,
          target: 'under 1 s',
          met: ready < READY_LIMIT,
        },
        {
          name: 'Memory when idle, after a job',
          measured: `${Math.round(idle / 2 ** 20)} MiB`,
          baseline: '150 MiB (limit)',
          ratio: `${(idle / MEMORY_LIMIT).toFixed(2)}×`,
          target: 'under 150 MiB',
          met: idle < MEMORY_LIMIT,
        },
      ];
    }),
};
