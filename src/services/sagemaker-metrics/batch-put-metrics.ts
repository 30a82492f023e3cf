import type { StepPoint } from '../../metrics/step-point.ts';
import { ServiceError } from '../../model/errors.ts';
import type {
  BatchPutMetricsError,
  BatchPutMetricsRequest,
  BatchPutMetricsResponse,
  RawMetricData,
} from '../../model/types.generated.ts';
import { addTimeSeriesPoints } from '../../store/metrics/add-time-series-points.ts';
import type { Operation } from '../service.ts';
import type { SageMakerMetricsContext } from './context.ts';
import { jobOfTrialComponent } from './resources.ts';

/** SageMaker's Python SDK sends no time that is further off, as the service would refuse it. */
const OLDEST_SECONDS = 14 * 86_400;
const FURTHEST_AHEAD_SECONDS = 2 * 3600;

/** Adds values to the time series of a job. Those that are told twice are there once. */
export const batchPutMetrics = (context: SageMakerMetricsContext): Operation<BatchPutMetricsRequest> => ({
  input: 'BatchPutMetricsRequest',
  run({ TrialComponentName, MetricData }): BatchPutMetricsResponse {
    const jobId = jobOfTrialComponent(context, TrialComponentName);
    if (jobId === undefined) throw noSuchComponent(TrialComponentName);
    const now = context.clock.now() / 1000;
    const Errors: BatchPutMetricsError[] = [];
    for (const [MetricIndex, metric] of MetricData.entries()) {
      if (!isTimely(metric, now)) Errors.push({ Code: 'VALIDATION_ERROR', MetricIndex });
    }
    const timely = MetricData.filter((metric) => isTimely(metric, now));
    addTimeSeriesPoints(context.database, { jobId }, timely.map(pointOf));
    return Errors.length > 0 ? { Errors } : {};
  },
});

const isTimely = ({ Timestamp }: RawMetricData, now: number): boolean =>
  now - Timestamp <= OLDEST_SECONDS && Timestamp - now <= FURTHEST_AHEAD_SECONDS;

const pointOf = ({ MetricName, Timestamp, Step, Value }: RawMetricData): StepPoint => ({
  name: MetricName,
  at: Math.round(Timestamp * 1000),
  value: Value,
  ...(Step !== undefined && { step: Step }),
});

const noSuchComponent = (name: string) =>
  new ServiceError(
    'ResourceNotFoundException',
    `There is no trial component ${name}: this server has those of training jobs, <job name>-aws-training-job.`,
    404,
  );
