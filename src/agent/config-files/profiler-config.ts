import { localPathOf } from '../../training/local-paths.ts';
import { isProfiled, profilingInterval } from '../../training/profiling.ts';
import type { InstancePlan } from '../instance-agent.ts';
import { outputUri } from '../sync/output-uri.ts';

/** `profilerconfig.json`, which the profiler of the debugger's library reads (training contract §9.4). */
export function profilerConfig({ request }: InstancePlan): object | undefined {
  const { ProfilerConfig: config } = request;
  if (!config) return undefined;
  if (!isProfiled(request)) return { DisableProfiler: true };
  return {
    S3OutputPath: outputUri(request, 'ProfilerConfig'),
    ProfilingIntervalInMilliseconds: profilingInterval(request),
    ...(config.ProfilingParameters && {
      ProfilingParameters: withLocalPath(config.ProfilingParameters, localPathOf(request, 'ProfilerConfig')),
    }),
    DisableProfiler: false,
  };
}

/** Without parameters the framework is not profiled, and the library knows that by there being none. */
const withLocalPath = (parameters: Readonly<Record<string, string>>, LocalPath: string | undefined) =>
  Object.keys(parameters).length === 0 ? {} : { ...parameters, LocalPath };
