import type { CreateTrainingJobRequest } from '../model/types.generated.ts';

/** Milliseconds between two samples of the system's metrics, when the request does not say (training contract §9.4). */
const DEFAULT_INTERVAL = 500;
/** What the service model allows. */
const INTERVALS = [100, 200, 500, 1000, 5000, 60_000];

/** Whether a job's system metrics are sampled. A ProfilerConfig asks for it unless it says that it is disabled. */
export function isProfiled({ ProfilerConfig: config }: CreateTrainingJobRequest): boolean {
  return config !== undefined && config.DisableProfiler !== true;
}

/** Milliseconds between two samples. */
export const profilingInterval = ({ ProfilerConfig: config }: CreateTrainingJobRequest): number =>
  config?.ProfilingIntervalInMilliseconds ?? DEFAULT_INTERVAL;

/** What is wrong with a ProfilerConfig, or nothing. */
export function brokenProfilerConfig(request: CreateTrainingJobRequest): string | undefined {
  if (!isProfiled(request)) return undefined;
  if (!request.ProfilerConfig?.S3OutputPath)
    return 'ProfilerConfig.S3OutputPath must be specified unless ProfilerConfig.DisableProfiler is true';
  const interval = profilingInterval(request);
  return INTERVALS.includes(interval)
    ? undefined
    : `Invalid ProfilerConfig.ProfilingIntervalInMilliseconds ${interval}: it must be one of ${INTERVALS.join(', ')}`;
}
