import { useState } from 'preact/hooks';
import type { JobRow } from '../../src/web/api/job-row.ts';
import type { MetricSeries } from '../../src/web/api/metric-series.ts';
import { ask } from '../server/ask.ts';
import { useLoaded } from '../server/use-loaded.ts';
import { Chart, type Line } from '../ui/chart.tsx';
import { formatCount } from '../ui/format.ts';
import { Empty, WhenLoaded } from '../ui/states.tsx';

const LIVE_MS = 2000;

interface JobSeries extends MetricSeries {
  readonly job: string;
}

/** The metrics of one or more jobs: a chart for each metric, a line for each job and host. */
export function Metrics({ jobs }: { readonly jobs: readonly JobRow[] }) {
  const [over, setOver] = useState<'time' | 'step'>(jobs.length > 1 ? 'step' : 'time');
  const isLive = jobs.some(({ endedAt }) => endedAt === undefined);
  const series = useLoaded(
    async (signal) => {
      const all = await Promise.all(
        jobs.map(async ({ name: job }) =>
          (await ask<MetricSeries[]>('metrics', { job }, signal)).map(
            (each): JobSeries => ({ ...each, job }),
          ),
        ),
      );
      return all.flat();
    },
    [jobs.map(({ name }) => name), isLive],
    isLive ? LIVE_MS : undefined,
  );
  return (
    <WhenLoaded of={series}>
      {(found) =>
        found.length === 0 ? (
          <Empty>
            {isLive ? 'No metrics yet.' : 'No metrics.'} A job tells them by its AlgorithmSpecification's
            MetricDefinitions: regular expressions that find numbers in its log.
          </Empty>
        ) : (
          <>
            <fieldset class="switch">
              <legend class="hidden">The charts are over</legend>
              {(['time', 'step'] as const).map((axis) => (
                <label key={axis} class="check">
                  <input type="radio" name="axis" checked={over === axis} onChange={() => setOver(axis)} />
                  By {axis}
                </label>
              ))}
            </fieldset>
            <div class="charts">
              {namesOf(found).map((name) => (
                <MetricChart
                  key={name}
                  {...{ name, over }}
                  series={found.filter((each) => each.name === name)}
                  isCompared={jobs.length > 1}
                />
              ))}
            </div>
          </>
        )
      }
    </WhenLoaded>
  );
}

const namesOf = (series: readonly JobSeries[]): string[] => [...new Set(series.map(({ name }) => name))];

interface MetricChartProps {
  readonly name: string;
  readonly over: 'time' | 'step';
  readonly series: readonly JobSeries[];
  readonly isCompared: boolean;
}

function MetricChart({ name, over, series, isCompared }: MetricChartProps) {
  const shown = series.reduce((sum, { points }) => sum + points.length, 0);
  const count = series.reduce((sum, each) => sum + each.count, 0);
  const isCounted = over === 'step' && series.some(({ hasSteps }) => !hasSteps);
  return (
    <div>
      <Chart title={name} over={over} lines={series.map((each) => lineOf(each, over, isCompared))} />
      {(count > shown || isCounted) && (
        <p class="quiet note-below">
          {count > shown &&
            `${formatCount(count)} values; the highest and lowest of each stretch are drawn. `}
          {isCounted && 'It names no steps: its values are counted.'}
        </p>
      )}
    </div>
  );
}

/** By time, jobs are laid over each other from their first value on only where there are several of them. */
function lineOf({ job, host, name, points }: JobSeries, over: 'time' | 'step', isCompared: boolean): Line {
  const label = isCompared ? (host && host !== 'algo-1' ? `${job} · ${host}` : job) : (host ?? name);
  return {
    label,
    x: points.map(([at, step]) => (over === 'time' ? at / 1000 : step)),
    y: points.map(([, , value]) => value),
  };
}
