import { join } from 'node:path';
import { BenchServer, withFolder } from './bench-server.ts';
import { fillWithJobs } from './ended-jobs.ts';
import { closedLoad } from './http-load.ts';
import { type Benchmark, milliseconds, type Result, times } from './result.ts';
import { signedRequest } from './signed-request.ts';
import { median, quantile } from './statistics.ts';

const FEW = 100;
const MANY = 100_000;

/** ListTrainingJobs with many jobs, against the same with few. */
export const listLatency: Benchmark = {
  name: 'ListTrainingJobs',
  async run(progress) {
    const few = await listWith(FEW);
    progress(`${FEW} jobs measured`);
    const many = await listWith(MANY);
    const results: Result[] = [];
    for (const [kind, latencies] of Object.entries(many)) {
      const p99 = quantile(latencies, 0.99);
      const base = few[kind] ?? [];
      results.push({
        name: `List, ${MANY.toLocaleString('en')} jobs, ${kind}: p99`,
        measured: milliseconds(p99),
        baseline: `${milliseconds(quantile(base, 0.99))} (${FEW} jobs)`,
        ratio: times(median(latencies) / median(base)),
        target: 'under 20 ms',
        met: p99 < 20,
      });
    }
    return results;
  },
};

async function listWith(jobs: number): Promise<Record<string, readonly number[]>> {
  return withFolder(async (dataDir) => {
    fillWithJobs(join(dataDir, 'trainyard.db'), jobs);
    const server = await BenchServer.start({ dataDir });
    try {
      const lists = {
        'a page of 100': { MaxResults: 100, SortOrder: 'Descending' },
        'by status': { MaxResults: 10, StatusEquals: 'Failed', SortBy: 'CreationTime' },
        'a name that few have': { MaxResults: 10, NameContains: 'job-77' },
      };
      const latencies: Record<string, readonly number[]> = {};
      for (const [kind, input] of Object.entries(lists)) {
        const request = await signedRequest(server, 'ListTrainingJobs', input);
        await closedLoad(new URL(server.url), () => request, { connections: 1, seconds: 1 });
        const load = await closedLoad(new URL(server.url), () => request, { connections: 1, seconds: 2 });
        if (load.failures > 0) throw new Error('ListTrainingJobs failed');
        latencies[kind] = load.latencies;
      }
      return latencies;
    } finally {
      await server.stop();
    }
  });
}
