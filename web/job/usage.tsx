import { useEffect, useState } from 'preact/hooks';
import type { Measure } from '../../src/metrics/instance-sample.ts';
import type { HostUsage } from '../../src/web/api/instance-usage.ts';
import type { JobDetails } from '../../src/web/api/job-details.ts';
import { ask } from '../server/ask.ts';
import { useLoaded } from '../server/use-loaded.ts';
import { Chart, type Line } from '../ui/chart.tsx';
import { formatBytes, formatPercent } from '../ui/format.ts';
import { Empty, WhenLoaded } from '../ui/states.tsx';
import { Hosts } from './hosts.tsx';

const LIVE_MS = 5000;
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

/** More lines in a chart tell nobody apart; the server gives no more. */
const MOST_CHARTED = 8;

/** What each host of the job uses: the charts of some, the last of all. */
export function Usage({ job }: { readonly job: JobDetails }) {
  const isLive = job.row.endedAt === undefined;
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const usage = useLoaded(
    (signal) => ask<HostUsage[]>('usage', { job: job.row.name, host: chosen }, signal),
    [job.row.name, isLive],
    isLive ? LIVE_MS : undefined,
  );
  useEffect(() => {
    if (chosen.length > 0) usage.reload();
  }, [chosen, usage.reload]);
  return (
    <WhenLoaded of={usage}>
      {(hosts) => (
        <>
          <Hosts
            hosts={hosts}
            charted={hosts.length > MOST_CHARTED ? chartedOf(hosts) : undefined}
            choose={setChosen}
          />
          <Charts hosts={hosts} isLive={isLive} />
          <p class="quiet">
            100 % of CPU or GPU is one core, or one GPU. What can't be told on this machine has no chart.
          </p>
        </>
      )}
    </WhenLoaded>
  );
}

const chartedOf = (hosts: readonly HostUsage[]): readonly string[] =>
  hosts.filter(({ samples }) => samples !== undefined).map(({ host }) => host);

function Charts({ hosts, isLive }: { readonly hosts: readonly HostUsage[]; readonly isLive: boolean }) {
  const charts = CHARTS.flatMap((chart) => {
    const lines = hosts.flatMap((host) => linesOf(host, chart.measures));
    return lines.length > 0 ? [{ ...chart, lines }] : [];
  });
  if (charts.length === 0)
    return <Empty>{isLive ? 'Nothing was measured yet.' : 'Nothing was measured.'}</Empty>;
  return (
    <div class="charts">
      {charts.map(({ title, lines, unit }) => (
        <Chart
          key={title}
          {...{ title, lines, over: 'time' }}
          format={unit === 'percent' ? formatPercent : rate}
          range={unit === 'percent' ? [0, 100] : [0, 1024]}
          isBinary={unit === 'rate'}
        />
      ))}
    </div>
  );
}

function linesOf(
  { host, samples = [] }: HostUsage,
  measures: readonly (readonly [Measure, string])[],
): Line[] {
  return measures.flatMap(([measure, word]) => {
    const known = samples.filter((sample) => sample[measure] !== undefined);
    if (known.length === 0) return [];
    const line = { x: known.map(({ at }) => at / 1000), y: known.map((sample) => sample[measure] ?? null) };
    return [{ label: word ? `${host} ${word}` : host, ...line }];
  });
}
