import type {
  CreateTrainingJobRequest,
  ProfilerConfig,
  ProfilerConfigForUpdate,
} from '../model/types.generated.ts';
import { brokenLocalPath, localPathOf, plainPath } from './local-paths.ts';
import { brokenProfilerConfig, hasProfile, isProfiled, profilerWithDefaults } from './profiling.ts';

const LOCAL_PATH = 'ProfilerConfig.ProfilingParameters.LocalPath';

/**
 * The ProfilerConfig of a job after an UpdateTrainingJob: what is given takes the place of what there was, member by member, as the
 * SageMaker SDK's own tests see it of the service. Whoever gives anything without DisableProfiler means to have the profiler on.
 */
export function updatedProfiler(
  before: ProfilerConfig | undefined,
  update: ProfilerConfigForUpdate,
): ProfilerConfig {
  if (Object.keys(update).length === 0) return before ?? {};
  return profilerWithDefaults({ ...before, DisableProfiler: false, ...update });
}

/** What is wrong with the change of a running job's profiler, or nothing. */
export function brokenProfilerUpdate(
  request: CreateTrainingJobRequest,
  update: ProfilerConfigForUpdate,
): string | undefined {
  const after = { ...request, ProfilerConfig: updatedProfiler(request.ProfilerConfig, update) };
  return (
    (update.DisableProfiler
      ? brokenProfilerConfig({ ProfilerConfig: update })
      : brokenProfilerConfig(after)) ??
    movedProfile(request, update) ??
    brokenLocalPath(after) ??
    movedFolder(request, after)
  );
}

/** "If profiler is enabled once, s3_output_path cannot be changed" (SageMaker SDK, Estimator.update_profiler). */
function movedProfile(
  { ProfilerConfig: before }: CreateTrainingJobRequest,
  { S3OutputPath: after }: ProfilerConfigForUpdate,
): string | undefined {
  const plain = (uri: string | undefined) => uri?.replace(/\/$/, '');
  if (before?.S3OutputPath === undefined || after === undefined) return undefined;
  return plain(before.S3OutputPath) === plain(after)
    ? undefined
    : `ProfilerConfig.S3OutputPath can't be changed once the profiler was enabled: it is ${before.S3OutputPath}`;
}

/** The algorithm runs: it can't be shown another folder of the machine, and what is in the one that it has is its profile. */
function movedFolder(before: CreateTrainingJobRequest, after: CreateTrainingJobRequest): string | undefined {
  const path = localPathOf(after, 'ProfilerConfig');
  if (path === undefined || !isProfiled(after)) return undefined;
  const had = localPathOf(before, 'ProfilerConfig');
  if (had !== undefined && plainPath(had) !== plainPath(path))
    return `${LOCAL_PATH} can't be changed once the profiler was enabled: it is ${had}`;
  return hasProfile(before) || plainPath(path).startsWith('/opt/ml/')
    ? undefined
    : `${LOCAL_PATH} '${path}' of a running training job must be in /opt/ml`;
}
