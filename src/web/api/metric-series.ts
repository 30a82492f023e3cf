import { jobSeries } from '../../store/metrics/job-series.ts';
import { jobOf, numberOf, type PageCall, type PageContext } from '../page-context.ts';
import { thin } from './thin.ts';

/** A chart is no wider than so many points. */
const MOST_POINTS = 2000;

/** A metric of a job, as one host tells it. */
export interface MetricSeries {
  readonly name: string;
  readonly host?: string;
  /** Whether the algorithm says which iteration a value belongs to; else the values are counted. */
  readonly hasSteps: boolean;
  /** How many values there are since `since`; more than `points`, where these were thinned for the chart. */
  readonly count: number;
  /** [epoch milliseconds, step, value] */
  readonly points: readonly (readonly [number, number, number])[];
}

/** The metrics of a job since `since` (epoch milliseconds; everything without). */
export function metricSeries(context: PageContext, call: PageCall): MetricSeries[] {
  const stored = jobOf(context, call);
  const found = new Map<
    string,
    { name: string; host?: string; hasSteps: boolean; points: [number, number, number][] }
  >();
  for (const { series, host, at, value, step } of jobSeries(
    context.database,
    stored.id,
    numberOf(call.query, 'since', 0),
  )) {
    const key = JSON.stringify([series, host ?? null]);
    let known = found.get(key);
    if (!known) {
      known = { name: series, hasSteps: step !== null, points: [], ...(host !== undefined && { host }) };
      found.set(key, known);
    }
    known.points.push([at, step ?? known.points.length + 1, value]);
  }
  return [...found.values()].map((each) => ({
    ...each,
    count: each.points.length,
    points: thin(each.points, ([, , value]) => value, MOST_POINTS),
  }));
}
