import type { StopTrainingJobRequest } from '../../model/types.generated.ts';
import { findJob } from '../../store/jobs/find-job.ts';
import { hasEnded } from '../../training/lifecycle.ts';
import { type SageMakerContext, trainingJobArn } from './context.ts';
import { alreadyEnded, noSuchResource } from './errors.ts';

/** Stopping a job that is stopping already is no error. */
export function stopTrainingJob(context: SageMakerContext, request: StopTrainingJobRequest): void {
  const arn = trainingJobArn(context, request.TrainingJobName);
  const stored = findJob(context.database, arn);
  if (!stored) throw noSuchResource();
  if (hasEnded(stored.job.secondaryStatus)) throw alreadyEnded(stored.job.status);
  context.orchestrator.requestStop(arn);
}
