import { findJob } from '../../store/jobs/find-job.ts';
import { trainingJobArn } from '../sagemaker/context.ts';
import type { SageMakerMetricsContext } from './context.ts';

/** What every training job's own trial component is named after its job with. */
const COMPONENT_SUFFIX = '-aws-training-job';

/** The job that a trial component belongs to: its id. Undefined: there is no such component here. */
export function jobOfTrialComponent(context: SageMakerMetricsContext, name: string): number | undefined {
  if (!name.endsWith(COMPONENT_SUFFIX)) return undefined;
  const arn = trainingJobArn(context, name.slice(0, -COMPONENT_SUFFIX.length));
  return findJob(context.database, arn)?.id;
}

/** The job that an ARN names, its own or that of its trial component: its id. */
export function jobOfResource(context: SageMakerMetricsContext, arn: string): number | undefined {
  const [resource, type, name = ''] = /^.*:([a-z-]+)\/(.*)$/.exec(arn) ?? [];
  if (resource === undefined) return undefined;
  if (type === 'training-job') return findJob(context.database, arn)?.id;
  const own = `arn:aws:sagemaker:${context.region}:${context.account}:experiment-trial-component/${name}`;
  return type === 'experiment-trial-component' && arn === own
    ? jobOfTrialComponent(context, name)
    : undefined;
}
