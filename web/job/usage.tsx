import type { Measure } from '../../src/metrics/instance-sample.ts';
import type { HostUsage } from '../../src/web/api/instance-usage.ts';
import type { JobDetails } from '../../src/web/api/job-details.ts';
import { ask } from '../server/ask.ts';
import { useLoaded } from '../server/use-loaded.ts';
import { Chart, type Line } from '../ui/chart.tsx';
import { formatBytes } from '../ui/format.ts';
import { Empty, WhenLoaded } from '../ui/states.tsx';

const LIVE_MS = 5000;
const percent = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} %`;
const rate = (value: number): string => `${formatBytes(value)}/s`;

/** What is measured, in the order in which it is looked at. */
const CHARTS: readonly {
  readonly title: string;
  readonly measures: readonly (readonly [Measure, string])[];
  readonly unit: 'percent' | 'rate';
}[] = [
  { title: 'CPU', measures: [['cpu', '']], unit: 'percent' },
  { title: 'Memory', measures: [['memory', '']], unit: 'percent' },
  { title: 'GPU', measures: [['gpu', '']], unit: 'percent' },
  { title: 'GPU memory', measures: [['gpuMemory', '']], unit: 'percent' },
  { title: 'Disk in use', measures: [['disk', '']], unit: 'percent' },
  {
    title: 'Disk traffic',
    measures: [
      ['read', 'read'],
      ['written', 'written'],
    ],
    unit: 'rate',
  },
  {
    title: 'Network',
    measures: [
      ['received', 'received'],
      ['sent', 'sent'],
    ],
    unit: 'rate',
  },
];

/** What each host of the job uses. */
export function Usage({ job }: { readonly job: JobDetails }) {
  const isLive = job.row.endedAt === undefined;
  const usage = useLoaded(
    (signal) => ask<HostUsage[]>('usage', { job: job.row.name }, signal),
    [job.row.name, isLive],
    isLive ? LIVE_MS : undefined,
  );
  return (
    <WhenLoaded of={usage}>
      {(hosts) => {
        const charts = CHARTS.flatMap((chart) => {
          const lines = hosts.flatMap((host) => linesOf(host, chart.measures));
          return lines.length > 0 ? [{ ...chart, lines }] : [];
        });
        return (
          <>
            <table class="hosts">
              <thead>
                <tr>
                  <th scope="col">Host</th>
                  <th scope="col">Type</th>
                  <th scope="col" class="number">
                    vCPUs
                  </th>
                  <th scope="col" class="number">
                    Memory
                  </th>
                  <th scope="col" class="number">
                    GPUs
                  </th>
                </tr>
              </thead>
              <tbody>
                {hosts.map(({ host, instanceType, vcpus, memoryBytes, gpus }) => (
                  <tr key={host}>
                    <td>{host}</td>
                    <td>{instanceType}</td>
                    <td class="number">{vcpus}</td>
                    <td class="number">{memoryBytes === undefined ? '' : formatBytes(memoryBytes)}</td>
                    <td class="number">{gpus}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {charts.length === 0 ? (
              <Empty>{isLive ? 'Nothing was measured yet.' : 'Nothing was measured.'}</Empty>
            ) : (
              <div class="charts">
                {charts.map(({ title, lines, unit }) => (
                  <Chart
                    key={title}
                    {...{ title, lines, over: 'time' }}
                    format={unit === 'percent' ? percent : rate}
                    range={unit === 'percent' ? [0, 100] : [0, 1024]}
                  />
                ))}
              </div>
            )}
            <p class="quiet">
              100 % of CPU or GPU is one core, or one GPU. What can't be told on this machine has no chart.
            </p>
          </>
        );
      }}
    </WhenLoaded>
  );
}

function linesOf({ host, samples }: HostUsage, measures: readonly (readonly [Measure, string])[]): Line[] {
  return measures.flatMap(([measure, word]) => {
    const known = samples.filter((sample) => sample[measure] !== undefined);
    if (known.length === 0) return [];
    const line = { x: known.map(({ at }) => at / 1000), y: known.map((sample) => sample[measure] ?? null) };
    return [{ label: word ? `${host} ${word}` : host, ...line }];
  });
}
