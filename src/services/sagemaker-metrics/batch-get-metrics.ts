import type {
  BatchGetMetricsRequest,
  BatchGetMetricsResponse,
  MetricQuery,
  MetricQueryResult,
  MetricStatistic,
  SageMakerMetricsPeriod,
} from '../../model/types.generated.ts';
import {
  type AxisPoint,
  type TimeSeriesAxis,
  timeSeriesPoints,
} from '../../store/metrics/time-series-points.ts';
import type { Operation } from '../service.ts';
import type { SageMakerMetricsContext } from './context.ts';
import { jobOfResource } from './resources.ts';

/** A query looks at no more points than these; where there are more, its result is Truncated. */
const MOST_POINTS = 100_000;
/** What can't be a time of today in milliseconds: it is one in seconds. */
const SMALLEST_MS = 1e11;

const PERIOD_MS: Readonly<Record<Exclude<SageMakerMetricsPeriod, 'IterationNumber'>, number>> = {
  OneMinute: 60_000,
  FiveMinute: 300_000,
  OneHour: 3_600_000,
};

/**
 * Reads time series of jobs: what was put, what algorithms wrote and what was read from their logs. The model does not say what a
 * place on the time axis is counted in: here it is epoch milliseconds. `Start` is inclusive, `End` is not.
 */
export const batchGetMetrics = (context: SageMakerMetricsContext): Operation<BatchGetMetricsRequest> => ({
  input: 'BatchGetMetricsRequest',
  run: ({ MetricQueries }): BatchGetMetricsResponse => ({
    MetricQueryResults: MetricQueries.map((query) => resultOf(context, query)),
  }),
});

function resultOf(context: SageMakerMetricsContext, query: MetricQuery): MetricQueryResult {
  const jobId = jobOfResource(context, query.ResourceArn);
  const refusal = jobId === undefined ? `There are no metrics of ${query.ResourceArn}.` : refusalOf(query);
  if (jobId === undefined || refusal !== undefined)
    return { Status: 'ValidationError', Message: refusal, XAxisValues: [], MetricValues: [] };
  const axis: TimeSeriesAxis = query.XAxisType === 'IterationNumber' ? 'step' : 'time';
  const points = timeSeriesPoints(
    context.database,
    { jobId, name: query.MetricName, axis },
    {
      from: query.Start ?? 0,
      to: query.End ?? Number.MAX_SAFE_INTEGER,
      limit: MOST_POINTS + 1,
    },
  );
  const groups = groupsOf(points.slice(0, MOST_POINTS), query.Period);
  return {
    Status: points.length > MOST_POINTS ? 'Truncated' : 'Complete',
    XAxisValues: [...groups.keys()],
    MetricValues: [...groups.values()].map(STATISTICS[query.MetricStat]),
  };
}

/** Why a query makes no sense, in a sentence. */
function refusalOf({ XAxisType, Period, Start, End }: MetricQuery): string | undefined {
  if ((XAxisType === 'IterationNumber') !== (Period === 'IterationNumber'))
    return 'Period must be IterationNumber where XAxisType is, and nowhere else.';
  if (XAxisType === 'Timestamp' && [Start, End].some((each) => each !== undefined && each < SMALLEST_MS))
    return 'Start and End must be in epoch milliseconds where XAxisType is Timestamp.';
  if (Start !== undefined && End !== undefined && Start >= End) return 'Start must be less than End.';
  return undefined;
}

/** The values of points that share a place on the axis, in its order. */
function groupsOf(
  points: readonly AxisPoint[],
  period: SageMakerMetricsPeriod,
): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, number[]>();
  for (const { at, step, value } of points) {
    const place = period === 'IterationNumber' ? step : at - (at % PERIOD_MS[period]);
    const values = groups.get(place);
    if (values) values.push(value);
    else groups.set(place, [value]);
  }
  return groups;
}

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const STATISTICS: Readonly<Record<MetricStatistic, (values: readonly number[]) => number>> = {
  Min: (values) => values.reduce((least, value) => Math.min(least, value)),
  Max: (values) => values.reduce((most, value) => Math.max(most, value)),
  Avg: average,
  Count: (values) => values.length,
  /** Of these values, not of more of which they were a sample. */
  StdDev(values) {
    const mean = average(values);
    return Math.sqrt(average(values.map((value) => (value - mean) ** 2)));
  },
  Last: (values) => values.at(-1) ?? Number.NaN,
};
