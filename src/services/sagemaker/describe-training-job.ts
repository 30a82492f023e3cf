import type { DescribeTrainingJobRequest, DescribeTrainingJobResponse } from '../../model/types.generated.ts';
import { findJob } from '../../store/jobs/find-job.ts';
import { describe } from '../../training/describe.ts';
import { type SageMakerContext, trainingJobArn } from './context.ts';
import { noSuchResource } from './errors.ts';

export function describeTrainingJob(
  context: SageMakerContext,
  request: DescribeTrainingJobRequest,
): DescribeTrainingJobResponse {
  const stored = findJob(context.database, trainingJobArn(context, request.TrainingJobName));
  if (!stored) throw noSuchResource();
  return describe(stored.job, context.finalMetrics(stored.id));
}
