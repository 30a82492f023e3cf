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
  if (stored.job.warmPool?.status === 'Available') {
    throw resourceInUse(
      `The warm pool of training job ${stored.job.arn} is Available: end it by UpdateTrainingJob with a KeepAlivePeriodInSeconds of 0 first.`,
    );
  }
  // While it gives back what it holds on its instances, the job is Deleting.
  if (await context.orchestrator.delete(stored.job.arn)) return;
  deleteJob(context.database, stored);
}
