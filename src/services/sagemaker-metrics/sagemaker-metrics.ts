import type { Operation, Service } from '../service.ts';
import { batchGetMetrics } from './batch-get-metrics.ts';
import { batchPutMetrics } from './batch-put-metrics.ts';
import type { SageMakerMetricsContext } from './context.ts';

/** SageMaker Metrics: the time series of training jobs. */
export const createSageMakerMetricsService = (context: SageMakerMetricsContext): Service => ({
  operations: new Map<string, Operation>([
    ['BatchGetMetrics', batchGetMetrics(context)],
    ['BatchPutMetrics', batchPutMetrics(context)],
  ]),
});
