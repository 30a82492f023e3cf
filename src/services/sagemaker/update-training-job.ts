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
  const seconds = request.ResourceConfig?.KeepAlivePeriodInSeconds;
  if (seconds !== undefined && !context.orchestrator.setKeepAlive(stored.job.arn, seconds))
    throw notAvailable(stored.job.warmPool);
  const enabled = request.RemoteDebugConfig?.EnableRemoteDebug;
  if (enabled !== undefined) setRemoteDebug(context, stored.job.arn, stored.job.secondaryStatus, enabled);
  return { TrainingJobArn: stored.job.arn };
}

/** The instances of a job can be kept longer or shorter while nobody uses them (training contract §4.6). */
const notAvailable = (warmPool: WarmPool | undefined) =>
  validation(
    `ResourceConfig can only be updated when the warm pool of the training job is Available: ${
      warmPool ? `it is ${warmPool.status}` : 'there is none'
    }.`,
  );

/** Only while the job is Downloading or Training (service model, UpdateTrainingJobRequest.RemoteDebugConfig). */
function setRemoteDebug(context: SageMakerContext, arn: string, status: string, enabled: boolean): void {
  const refusal = validation(
    `RemoteDebugConfig can only be updated when the secondary status of the training job is Downloading or Training: it is ${status}.`,
  );
  if (status !== 'Downloading' && status !== 'Training') throw refusal;
  try {
    context.orchestrator.setRemoteDebug(arn, enabled);
  } catch (error) {
    throw error instanceof IllegalTransition ? refusal : error;
  }
}
