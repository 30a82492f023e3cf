import type { DeleteTrainingJobRequest } from '../../model/types.generated.ts';
import { deleteJob } from '../../store/jobs/delete-job.ts';
import { findJob } from '../../store/jobs/find-job.ts';
import { hasEnded } from '../../training/lifecycle.ts';
import { type SageMakerContext, trainingJobArn } from './context.ts';
import { noSuchResource, resourceInUse } from './errors.ts';

/** Forgets a job that has ended; its name may be used again. Its logs and objects stay (training contract §4.7). */
export async function deleteTrainingJob(
  context: SageMakerContext,
  request: DeleteTrainingJobRequest,
): Promise<void> {
  const stored = findJob(context.database, trainingJobArn(context, request.TrainingJobName));
  if (!stored) throw noSuchResource();
  if (!hasEnded(stored.job.secondaryStatus)) {
    throw resourceInUse(
      `Training job ${stored.job.arn} is in status ${stored.job.status}: only Completed, Failed and Stopped jobs can be deleted.`,
    );
  }
  await context.orchestrator.released(stored.job.arn);
  deleteJob(context.database, stored);
}
