import { aggregate, type Bucket } from '../../metrics/aggregate.ts';
import { isPeriod, periodsIn, type Window, windowOf } from '../../metrics/periods.ts';
import { percentileStatistic, SIMPLE_STATISTICS, type Statistic } from '../../metrics/statistics.ts';
import type {
  Datapoint,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput,
  StandardUnit,
} from '../../model/types.generated.ts';
import type { Operation } from '../service.ts';
import type { CloudWatchContext } from './context.ts';
import { invalidCombination, invalidValue, missingParameter } from './errors.ts';
import { findSeries, type Series } from './series.ts';

/** The most datapoints that one request may come to, in CloudWatch. */
const MOST_DATAPOINTS = 1_440;

export const getMetricStatistics = (context: CloudWatchContext): Operation<GetMetricStatisticsInput> => ({
  input: 'GetMetricStatisticsInput',
  run(input): GetMetricStatisticsOutput {
    const window = requestedWindow(input, context.clock.now() / 1000);
    const statistics = requestedStatistics(input);
    const series = findSeries(context.database, input);
    return {
      Label: input.MetricName,
      Datapoints: series ? datapoints(series, window, statistics, input.Unit) : [],
    };
  },
});

interface Statistics {
  readonly simple: readonly (readonly [string, Statistic])[];
  readonly extended: readonly (readonly [string, Statistic])[];
}

function datapoints(
  series: Series,
  window: Window,
  statistics: Statistics,
  unit: StandardUnit | undefined,
): readonly Datapoint[] {
  if (unit !== undefined && unit !== series.unit) return [];
  const buckets = aggregate(series.points(window.start * 1000, window.end * 1000), window);
  return buckets.map((bucket) => ({
    Timestamp: bucket.start,
    ...valuesOf(bucket, statistics.simple),
    Unit: series.unit,
    ...(statistics.extended.length > 0 && { ExtendedStatistics: valuesOf(bucket, statistics.extended) }),
  }));
}

const valuesOf = ({ values }: Bucket, statistics: Statistics['simple']): Record<string, number> =>
  Object.fromEntries(statistics.map(([name, statistic]) => [name, statistic(values)]));

function requestedWindow({ StartTime, EndTime, Period }: GetMetricStatisticsInput, now: number): Window {
  if (!isPeriod(Period))
    throw invalidValue('The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.');
  if (StartTime >= EndTime)
    throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
  const window = windowOf(StartTime, EndTime, Period, now);
  const most = periodsIn(window);
  if (most > MOST_DATAPOINTS) {
    throw invalidCombination(
      `You have requested up to ${most.toLocaleString('en-US')} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  }
  return window;
}

function requestedStatistics({ Statistics, ExtendedStatistics }: GetMetricStatisticsInput): Statistics {
  if (Statistics === undefined && ExtendedStatistics === undefined)
    throw missingParameter('The parameter Statistics or ExtendedStatistics is required.');
  if (Statistics !== undefined && ExtendedStatistics !== undefined)
    throw invalidCombination('Of the parameters Statistics and ExtendedStatistics, only one can be given.');
  return {
    simple: (Statistics ?? []).map((name) => [name, SIMPLE_STATISTICS[name]]),
    extended: (ExtendedStatistics ?? []).map((name) => [name, extendedStatistic(name)]),
  };
}

function extendedStatistic(name: string): Statistic {
  const statistic = percentileStatistic(name);
  if (statistic) return statistic;
  throw invalidValue(
    `The value ${name} for parameter ExtendedStatistics is not served: percentiles are, p0 to p100.`,
  );
}
