import { validation } from '../../model/errors.ts';
import type {
  ProfilerConfigForUpdate,
  UpdateTrainingJobRequest,
  UpdateTrainingJobResponse,
} from '../../model/types.generated.ts';
import { findJob } from '../../store/jobs/find-job.ts';
import type { Job } from '../../training/job.ts';
import { mayHappen } from '../../training/lifecycle.ts';
import { brokenProfilerUpdate, updatedProfiler } from '../../training/profiler-update.ts';
import type { WarmPool } from '../../training/warm-pool.ts';
import { type SageMakerContext, trainingJobArn } from './context.ts';
import { noSuchResource } from './errors.ts';
import { checkOutputPlace } from './output-places.ts';

/** Changes a job that runs, or its warm pool. Nothing is changed unless all of the request can be honoured. */
export async function updateTrainingJob(
  context: SageMakerContext,
  request: UpdateTrainingJobRequest,
): Promise<UpdateTrainingJobResponse> {
  const before = existingJob(context, request);
  if (request.ProfilerRuleConfigurations?.length)
    throw validation(
      "ProfilerRuleConfigurations can't be honoured by this deployment: profiler rules are not evaluated.",
    );
  checkChange(before, request);
  const place = request.ProfilerConfig?.S3OutputPath;
  if (place !== undefined)
    await checkOutputPlace(context, 'ProfilerConfig.S3OutputPath', place, before.request.RoleArn);
  // Nothing is waited for from here on: the job is changed as it was looked at.
  const job = existingJob(context, request);
  checkChange(job, request);
  change(context, job, request);
  return { TrainingJobArn: job.arn };
}

function existingJob(context: SageMakerContext, { TrainingJobName }: UpdateTrainingJobRequest): Job {
  const stored = findJob(context.database, trainingJobArn(context, TrainingJobName));
  if (!stored) throw noSuchResource();
  return stored.job;
}

/** A job that runs has no instances that wait: whoever asks for changes of both is refused one before the other is done. */
function checkChange(
  job: Job,
  { RemoteDebugConfig: remoteDebug, ProfilerConfig: profiler }: UpdateTrainingJobRequest,
): void {
  if (remoteDebug?.EnableRemoteDebug !== undefined && !mayHappen('RemoteDebugChanged', job.secondaryStatus))
    throw notDebuggable(job.secondaryStatus);
  if (profiler) checkProfiler(job, profiler);
}

function checkProfiler({ request, secondaryStatus }: Job, profiler: ProfilerConfigForUpdate): void {
  if (!mayHappen('ProfilerChanged', secondaryStatus)) throw notProfilable(secondaryStatus);
  const complaint = brokenProfilerUpdate(request, profiler);
  if (complaint) throw validation(complaint);
}

function change(
  context: SageMakerContext,
  { arn, request, warmPool }: Job,
  {
    RemoteDebugConfig: remoteDebug,
    ProfilerConfig: profiler,
    ResourceConfig: resources,
  }: UpdateTrainingJobRequest,
): void {
  if (resources && !context.orchestrator.setKeepAlive(arn, resources.KeepAlivePeriodInSeconds))
    throw notAvailable(warmPool);
  const allowSessions = remoteDebug?.EnableRemoteDebug;
  context.orchestrator.change(arn, {
    ...(allowSessions !== undefined && { allowSessions }),
    ...(profiler && { profiler: updatedProfiler(request.ProfilerConfig, profiler) }),
  });
}

/** The instances of a job can be kept longer or shorter while nobody uses them (training contract §4.6). */
const notAvailable = (warmPool: WarmPool | undefined) =>
  validation(
    `ResourceConfig can only be updated when the warm pool of the training job is Available: ${
      warmPool ? `it is ${warmPool.status}` : 'there is none'
    }.`,
  );

/** Service model, UpdateTrainingJobRequest.RemoteDebugConfig. */
const notDebuggable = (status: string) =>
  validation(
    `RemoteDebugConfig can only be updated when the secondary status of the training job is Downloading or Training: it is ${status}.`,
  );

const notProfilable = (status: string) =>
  validation(
    `ProfilerConfig can only be updated when the secondary status of the training job is Training: it is ${status}.`,
  );
