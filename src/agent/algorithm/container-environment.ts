import type { InstancePlan } from '../instance-agent.ts';
import type { InstanceNetwork } from '../instance-network.ts';
import { CACHE_PATH } from '../warm-pool-cache.ts';
import { hostnameOf } from './network.ts';

/**
 * The algorithm's environment variables (training contract §1.5). What the request says wins over the platform's defaults and over
 * what the service adds; nothing wins over the job's own name and ARN.
 */
export function algorithmEnvironment(
  plan: InstancePlan,
  network: InstanceNetwork,
  added: Readonly<Record<string, string>>,
): Record<string, string> {
  const { AlgorithmSpecification: algorithm, Environment: requested } = plan.request;
  return {
    AWS_REGION: plan.region,
    AWS_EXECUTION_ENV: 'AWS_ECS_EC2',
    HOSTNAME: hostnameOf(plan, network),
    DMLC_INTERFACE: network.interfaceName,
    NVIDIA_VISIBLE_DEVICES: plan.gpus.length > 0 ? plan.gpus.join(',') : 'void',
    ...(algorithm?.EnableSageMakerMetricsTimeSeries && {
      SAGEMAKER_METRICS_DIRECTORY: '/opt/ml/output/metrics/sagemaker',
    }),
    ...(plan.warmPool !== undefined && { SAGEMAKER_MANAGED_WARMPOOL_CACHE_DIRECTORY: CACHE_PATH }),
    ...added,
    ...requested,
    TRAINING_JOB_NAME: plan.jobName,
    TRAINING_JOB_ARN: plan.jobArn,
  };
}
