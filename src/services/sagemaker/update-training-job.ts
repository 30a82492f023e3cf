import { validation } from '../../model/errors.ts';
import type { UpdateTrainingJobRequest, UpdateTrainingJobResponse } from '../../model/types.generated.ts';
import { findJob } from '../../store/jobs/find-job.ts';
import { IllegalTransition } from '../../training/job.ts';
import type { WarmPool } from '../../training/warm-pool.ts';
import { type SageMakerContext, trainingJobArn } from './context.ts';
import { noSuchResource } from './errors.ts';

/** What can't be updated yet, and why. */
const refused = [
  ['ProfilerConfig', 'the profiler of a running job can not be changed yet'],
  ['ProfilerRuleConfigurations', 'profiler rules are not evaluated'],
] as const satisfies readonly (readonly [keyof UpdateTrainingJobRequest, string])[];

/** Changes a job that runs. Nothing is changed unless all of the request can be honoured. */
export function updateTrainingJob(
  context: SageMakerContext,
  request: UpdateTrainingJobRequest,
): UpdateTrainingJobResponse {
  const stored = findJob(context.database, trainingJobArn(context, request.TrainingJobName));
  if (!stored) throw noSuchResource();
  for (const [member, why] of refused) {
    if (request[member] !== undefined)
      throw validation(`${member} can't be honoured by this deployment: ${why}.`);
  }
  const { arn, secondaryStatus, warmPool } = stored.job;
  const enabled = request.RemoteDebugConfig?.EnableRemoteDebug;
  // A job that runs has no instances that wait: whoever asks for both is refused one before the other is done.
  if (enabled !== undefined && !isDebuggable(secondaryStatus)) throw notDebuggable(secondaryStatus);
  const seconds = request.ResourceConfig?.KeepAlivePeriodInSeconds;
  if (seconds !== undefined && !context.orchestrator.setKeepAlive(arn, seconds)) throw notAvailable(warmPool);
  if (enabled !== undefined) setRemoteDebug(context, arn, secondaryStatus, enabled);
  return { TrainingJobArn: arn };
}

/** The instances of a job can be kept longer or shorter while nobody uses them (training contract §4.6). */
const notAvailable = (warmPool: WarmPool | undefined) =>
  validation(
    `ResourceConfig can only be updated when the warm pool of the training job is Available: ${
      warmPool ? `it is ${warmPool.status}` : 'there is none'
    }.`,
  );

/** Only while the job is Downloading or Training (service model, UpdateTrainingJobRequest.RemoteDebugConfig). */
const isDebuggable = (status: string): boolean => status === 'Downloading' || status === 'Training';

const notDebuggable = (status: string) =>
  validation(
    `RemoteDebugConfig can only be updated when the secondary status of the training job is Downloading or Training: it is ${status}.`,
  );

/** The status may have changed since it was looked at. */
function setRemoteDebug(context: SageMakerContext, arn: string, status: string, enabled: boolean): void {
  try {
    context.orchestrator.setRemoteDebug(arn, enabled);
  } catch (error) {
    throw error instanceof IllegalTransition ? notDebuggable(status) : error;
  }
}
