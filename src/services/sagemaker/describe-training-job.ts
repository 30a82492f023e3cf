import type { DescribeTrainingJobRequest, DescribeTrainingJobResponse } from '../../model/types.generated.ts';
import { findJob } from '../../store/jobs/find-job.ts';
import type { StoredJob } from '../../store/jobs/stored-job.ts';
import { describe } from '../../training/describe.ts';
import { hasEnded } from '../../training/lifecycle.ts';
import { JsonText } from '../service.ts';
import { type SageMakerContext, trainingJobArn } from './context.ts';
import { noSuchResource } from './errors.ts';

/** What is said of a job that has ended does not change any more, so it is put into words once. */
const lastWords = new WeakMap<StoredJob, JsonText>();

export function describeTrainingJob(
  context: SageMakerContext,
  request: DescribeTrainingJobRequest,
): DescribeTrainingJobResponse | JsonText {
  const stored = findJob(context.database, trainingJobArn(context, request.TrainingJobName));
  if (!stored) throw noSuchResource();
  const said = lastWords.get(stored);
  if (said) return said;
  const response = describe(stored.job, context.finalMetrics(stored.id));
  if (!hasEnded(stored.job.secondaryStatus)) return response;
  const text = new JsonText(JSON.stringify(response));
  lastWords.set(stored, text);
  return text;
}
