import { withServer } from './bench-server.ts';
import { closedLoad } from './http-load.ts';
import { create, jobRequest } from './job.ts';
import { type Benchmark, perSecond, times } from './result.ts';
import { signedRequest } from './signed-request.ts';

const SECONDS = 4;
const PREPARED = 12_000;
const TARGET = 300;

/** CreateTrainingJob as fast as it is made durable: the jobs wait behind one that holds the only instance. */
export const createThroughput: Benchmark = {
  name: 'CreateTrainingJob',
  run: (progress) =>
    withServer({ instances: 1 }, async (server) => {
      await create(server.sagemaker, jobRequest(server, ['/bin/sleep', '600']));
      const requests: Buffer[] = [];
      for (let index = 0; index < PREPARED; index++) {
        requests.push(await signedRequest(server, 'CreateTrainingJob', jobRequest(server, ['/bin/true'])));
      }
      progress('requests are signed');
      let next = 0;
      const load = await closedLoad(
        new URL(server.url),
        () => requests[next++ % PREPARED] ?? Buffer.alloc(0),
        {
          connections: 8,
          seconds: SECONDS,
        },
      );
      if (load.failures > 0) throw new Error(`${load.failures} jobs were not created`);
      return [
        {
          name: 'Create, durable',
          measured: perSecond(load.requestsPerSecond),
          baseline: `${TARGET}/s (limit)`,
          ratio: times(load.requestsPerSecond / TARGET),
          target: 'at least 300/s',
          met: load.requestsPerSecond >= TARGET,
        },
      ];
    }),
};
