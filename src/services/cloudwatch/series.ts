import { INSTANCE_METRICS } from '../../metrics/instance-sample.ts';
import type { Point } from '../../metrics/point.ts';
import type { CloudWatchDimension, StandardUnit } from '../../model/types.generated.ts';
import type { Database } from '../../store/database.ts';
import { algorithmPoints } from '../../store/metrics/algorithm-points.ts';
import { type HostName, instancePoints } from '../../store/metrics/instance-points.ts';

/** Where SageMaker's metrics of training jobs are. */
export const NAMESPACE = '/aws/sagemaker/TrainingJobs';
/** The dimension of the metrics that algorithms give: the job's name. */
export const JOB_DIMENSION = 'TrainingJobName';
/** The dimension of the instances' metrics: `<job>/algo-1`. */
export const HOST_DIMENSION = 'Host';

/** The values of one metric. */
export interface Series {
  readonly unit: StandardUnit;
  /** Those with `from` ≤ time < `to`, in epoch milliseconds, in no order. */
  points(from: number, to: number): Iterable<Point>;
}

/** Which metric a request names. */
export interface SeriesName {
  readonly Namespace?: string | undefined;
  readonly MetricName?: string | undefined;
  readonly Dimensions?: readonly CloudWatchDimension[] | undefined;
}

/** A series by its whole name; undefined for one that can't have values, which CloudWatch does not tell from one that has none. */
export function findSeries(database: Database, name: SeriesName): Series | undefined {
  const { Namespace, MetricName = '', Dimensions = [] } = name;
  const [dimension, ...others] = Dimensions;
  if (Namespace !== NAMESPACE || dimension === undefined || others.length > 0) return undefined;
  if (dimension.Name === JOB_DIMENSION) {
    return {
      unit: 'None',
      points: (from, to) => algorithmPoints(database, dimension.Value, MetricName, from, to),
    };
  }
  const measure = INSTANCE_METRICS.get(MetricName);
  const host = dimension.Name === HOST_DIMENSION ? hostName(dimension.Value) : undefined;
  if (measure === undefined || host === undefined) return undefined;
  return { unit: 'Percent', points: (from, to) => instancePoints(database, host, measure, from, to) };
}

/** The parts of `<job>/algo-1`. */
export function hostName(text: string): HostName | undefined {
  const slash = text.indexOf('/');
  return slash < 0 ? undefined : { jobName: text.slice(0, slash), host: text.slice(slash + 1) };
}
