import type { CreateTrainingJobRequest, ProfilerConfig } from '../model/types.generated.ts';

/** The part of a request that says how the job is profiled. */
type Profiled = Pick<CreateTrainingJobRequest, 'ProfilerConfig'>;

/** Milliseconds between two samples of the system's metrics, when the request does not say (training contract §9.4). */
const DEFAULT_INTERVAL = 500;
/** What the service model allows. */
const INTERVALS = [100, 200, 500, 1000, 5000, 60_000];

/** Whether a job's system metrics are sampled. A ProfilerConfig asks for it unless it says that it is disabled. */
export function isProfiled({ ProfilerConfig: config }: Profiled): boolean {
  return config !== undefined && config.DisableProfiler !== true;
}

/** Whether a job is profiled or once was: there is a place for what its profilers wrote. */
export const hasProfile = ({ ProfilerConfig: config }: Profiled): boolean =>
  config?.S3OutputPath !== undefined;

/** Milliseconds between two samples. */
export const profilingInterval = ({ ProfilerConfig: config }: Profiled): number =>
  config?.ProfilingIntervalInMilliseconds ?? DEFAULT_INTERVAL;

/** A ProfilerConfig as DescribeTrainingJob shows it (training contract §0.2). */
export const profilerWithDefaults = (config: ProfilerConfig): ProfilerConfig =>
  config.DisableProfiler
    ? config
    : { ProfilingIntervalInMilliseconds: DEFAULT_INTERVAL, DisableProfiler: false, ...config };

/** What is wrong with a ProfilerConfig, or nothing. */
export function brokenProfilerConfig(request: Profiled): string | undefined {
  if (!isProfiled(request)) return brokenDisabled(request.ProfilerConfig);
  if (!request.ProfilerConfig?.S3OutputPath)
    return 'ProfilerConfig.S3OutputPath must be specified unless ProfilerConfig.DisableProfiler is true';
  const interval = profilingInterval(request);
  return INTERVALS.includes(interval)
    ? undefined
    : `Invalid ProfilerConfig.ProfilingIntervalInMilliseconds ${interval}: it must be one of ${INTERVALS.join(', ')}`;
}

/** In SageMaker's own words (sagemaker-python-sdk#3555). */
function brokenDisabled(config: ProfilerConfig | undefined): string | undefined {
  return config?.DisableProfiler && asksForMore(config)
    ? 'ProfilerConfig is not allowed to have fields when disabled.'
    : undefined;
}

function asksForMore({
  DisableProfiler: _,
  ProfilingParameters: parameters,
  ...rest
}: ProfilerConfig): boolean {
  return Object.keys({ ...rest, ...parameters }).length > 0;
}
