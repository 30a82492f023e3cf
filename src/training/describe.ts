import type {
  DescribeTrainingJobResponse,
  MetricData,
  TrainingJobSummary,
} from '../model/types.generated.ts';
import { modelUri } from './artifact-uri.ts';
import { billableSeconds, trainingSeconds } from './billing.ts';
import type { Job, Transition } from './job.ts';
import { isProfiled } from './profiling.ts';
import { describeWarmPool, type WarmPool } from './warm-pool.ts';

/** On the wire a time is epoch seconds with milliseconds as the fraction. */
export const toEpochSeconds = (milliseconds: number): number => milliseconds / 1000;

/** What DescribeTrainingJob says of a job. `metrics` are the last values of its metrics. */
export function describe(job: Job, metrics: readonly MetricData[]): DescribeTrainingJobResponse {
  const { request } = job;
  return {
    TrainingJobName: job.name,
    TrainingJobArn: job.arn,
    // "The Amazon S3 location that is configured for storing model artifacts": known from the start, and required by typed clients.
    ModelArtifacts: { S3ModelArtifacts: job.artifacts?.model ?? modelUri(request) },
    TrainingJobStatus: job.status,
    SecondaryStatus: job.secondaryStatus,
    FailureReason: job.failureReason,
    HyperParameters: request.HyperParameters,
    AlgorithmSpecification: describeAlgorithm(request),
    RoleArn: request.RoleArn,
    InputDataConfig: request.InputDataConfig,
    OutputDataConfig: request.OutputDataConfig,
    ResourceConfig: describeResources(job),
    StoppingCondition: request.StoppingCondition ?? {},
    CreationTime: toEpochSeconds(job.createdAt),
    TrainingStartTime: optionalTime(job.trainingStartedAt),
    TrainingEndTime: job.trainingStartedAt === undefined ? undefined : optionalTime(job.endedAt),
    LastModifiedTime: toEpochSeconds(job.modifiedAt),
    SecondaryStatusTransitions: job.transitions.map(describeTransition),
    FinalMetricDataList: metrics.length > 0 ? metrics : undefined,
    EnableNetworkIsolation: request.EnableNetworkIsolation,
    EnableInterContainerTrafficEncryption: request.EnableInterContainerTrafficEncryption,
    EnableManagedSpotTraining: request.EnableManagedSpotTraining,
    TrainingTimeInSeconds: trainingSeconds(job),
    BillableTimeInSeconds: billableSeconds(job),
    ProfilerConfig: request.ProfilerConfig,
    ProfilingStatus: isProfiled(request) ? 'Enabled' : 'Disabled',
    DebugHookConfig: request.DebugHookConfig,
    CheckpointConfig: request.CheckpointConfig,
    TensorBoardOutputConfig: request.TensorBoardOutputConfig,
    Environment: request.Environment,
    RetryStrategy: request.RetryStrategy,
    WarmPoolStatus: describeWarmPool(job.warmPool),
    RemoteDebugConfig:
      job.remoteDebug === undefined ? request.RemoteDebugConfig : { EnableRemoteDebug: job.remoteDebug },
    InfraCheckConfig: request.InfraCheckConfig,
  };
}

const optionalTime = (milliseconds: number | undefined): number | undefined =>
  milliseconds === undefined ? undefined : toEpochSeconds(milliseconds);

const describeTransition = (transition: Transition) => ({
  Status: transition.status,
  StartTime: toEpochSeconds(transition.startedAt),
  EndTime: optionalTime(transition.endedAt),
  StatusMessage: transition.message,
});

/** A job of an algorithm resource names that, not the image behind it. */
function describeAlgorithm({ AlgorithmSpecification: algorithm }: Job['request']) {
  if (algorithm?.AlgorithmName === undefined) return algorithm;
  const { TrainingImage: _, ...rest } = algorithm;
  return rest;
}

/** With the time that the instances are kept as it is now: UpdateTrainingJob changes it. */
function describeResources({ request: { ResourceConfig: resources }, warmPool }: Job) {
  return resources && warmPool?.status === 'Available'
    ? { ...resources, KeepAlivePeriodInSeconds: warmPool.keepAliveSeconds }
    : resources;
}

/** What ListTrainingJobs says of a job. Times are epoch milliseconds. */
export function summarize(job: {
  readonly name: string;
  readonly arn: string;
  readonly status: TrainingJobSummary['TrainingJobStatus'];
  readonly secondaryStatus: TrainingJobSummary['SecondaryStatus'];
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly trainingEndedAt?: number;
  readonly warmPool?: WarmPool;
}): TrainingJobSummary {
  return {
    TrainingJobName: job.name,
    TrainingJobArn: job.arn,
    CreationTime: toEpochSeconds(job.createdAt),
    TrainingEndTime: optionalTime(job.trainingEndedAt),
    LastModifiedTime: toEpochSeconds(job.modifiedAt),
    TrainingJobStatus: job.status,
    SecondaryStatus: job.secondaryStatus,
    WarmPoolStatus: describeWarmPool(job.warmPool),
  };
}
