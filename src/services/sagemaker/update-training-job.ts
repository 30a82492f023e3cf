import { validation } from '../../model/errors.ts';
import type { UpdateTrainingJobRequest, UpdateTrainingJobResponse } from '../../model/types.generated.ts';
import { findJob } from '../../store/jobs/find-job.ts';
import { IllegalTransition } from '../../training/job.ts';
import { type SageMakerContext, trainingJobArn } from './context.ts';
import { noSuchResource } from './errors.ts';

/** What can't be updated yet, and why. */
const refused = [
  ['ProfilerConfig', 'jobs are not profiled yet'],
  ['ProfilerRuleConfigurations', 'profiler rules are not evaluated'],
  ['ResourceConfig', 'warm pools are not served yet'],
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
  const enabled = request.RemoteDebugConfig?.EnableRemoteDebug;
  if (enabled !== undefined) setRemoteDebug(context, stored.job.arn, stored.job.secondaryStatus, enabled);
  return { TrainingJobArn: stored.job.arn };
}

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
