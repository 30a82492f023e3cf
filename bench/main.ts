import { parseArgs } from 'node:util';
import { fileChannel } from './channel.ts';
import { checkpointSync } from './checkpoints.ts';
import { clusterStart } from './cluster-start.ts';
import { containers } from './containers.ts';
import { createThroughput } from './create.ts';
import { describeThroughput } from './describe.ts';
import { download } from './download.ts';
import { fastFile } from './fast-file.ts';
import { footprint } from './footprint.ts';
import { images } from './images.ts';
import { manyJobs } from './jobs.ts';
import { listLatency } from './list.ts';
import { logThroughput } from './logs.ts';
import { pipeChannel } from './pipe.ts';
import { preemption } from './preemption.ts';
import type { Benchmark, Result } from './result.ts';
import { startLatency } from './start-latency.ts';
import { terminal } from './terminal.ts';
import { uploads } from './upload.ts';
import { usageSampling } from './usage.ts';
import { warmPool } from './warm-pool.ts';
import { page } from './web.ts';

const benchmarks: readonly Benchmark[] = [
  footprint,
  startLatency,
  containers,
  manyJobs,
  clusterStart,
  describeThroughput,
  createThroughput,
  listLatency,
  fileChannel,
  download,
  fastFile,
  pipeChannel,
  uploads,
  logThroughput,
  terminal,
  checkpointSync,
  page,
  preemption,
  warmPool,
  images,
  usageSampling,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
});

if (values.help) {
  console.log(`npm run bench [-- NAME…] [--json]

Measures what is fast, each against a baseline taken in the same run, and prints a table in Markdown.
NAME: only the benchmarks whose name contains it: ${benchmarks.map((each) => each.name).join(', ')}.
MOTO_SERVER: moto's server program, if it is not on the PATH.`);
  process.exit(0);
}

const chosen = benchmarks.filter(
  ({ name }) =>
    positionals.length === 0 || positionals.some((each) => name.toLowerCase().includes(each.toLowerCase())),
);
const results: Result[] = [];
for (const benchmark of chosen) {
  console.error(`${benchmark.name} …`);
  results.push(...(await benchmark.run((line) => console.error(`  ${line}`))));
}
console.log(values.json ? JSON.stringify(results, null, 2) : table(results));
process.exitCode = results.every((each) => each.met) ? 0 : 1;

function table(rows: readonly Result[]): string {
  const cells = rows.map((row) => [
    row.name,
    row.measured,
    row.baseline,
    row.ratio,
    row.target,
    row.met ? 'met' : 'missed',
  ]);
  const lines = [['', 'measured', 'baseline', 'ratio', 'target', ''], Array(6).fill('---'), ...cells];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}
