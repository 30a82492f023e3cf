import type { Operation, Service } from '../service.ts';
import type { CloudWatchContext } from './context.ts';
import { getMetricData } from './get-metric-data.ts';
import { getMetricStatistics } from './get-metric-statistics.ts';
import { listMetrics } from './list-metrics.ts';

/** CloudWatch, as far as the metrics of training jobs are read. */
export const createCloudWatchService = (context: CloudWatchContext): Service => ({
  operations: new Map<string, Operation>([
    ['GetMetricData', getMetricData(context)],
    ['GetMetricStatistics', getMetricStatistics(context)],
    ['ListMetrics', listMetrics(context)],
  ]),
});
