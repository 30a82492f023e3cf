import type { Channel, CreateTrainingJobRequest } from '../model/types.generated.ts';
import { profilerWithDefaults } from './profiling.ts';

/** A day: MaxRuntimeInSeconds when the request says nothing (service model). */
const DEFAULT_MAX_RUNTIME_SECONDS = 86_400;

/** A request with the defaults that DescribeTrainingJob shows for it (training contract §0.2). Tags are not part of a job's state. */
export function withDefaults(request: CreateTrainingJobRequest): CreateTrainingJobRequest {
  const { Tags: _, ...rest } = request;
  return {
    ...rest,
    ...(request.AlgorithmSpecification && {
      AlgorithmSpecification: { EnableSageMakerMetricsTimeSeries: false, ...request.AlgorithmSpecification },
    }),
    ...(request.InputDataConfig && { InputDataConfig: request.InputDataConfig.map(channelWithDefaults) }),
    // The SageMaker SDK's Estimator.attach reads KmsKeyId without a default.
    OutputDataConfig: { KmsKeyId: '', CompressionType: 'GZIP', ...request.OutputDataConfig },
    StoppingCondition: { MaxRuntimeInSeconds: DEFAULT_MAX_RUNTIME_SECONDS, ...request.StoppingCondition },
    ...(request.ProfilerConfig && { ProfilerConfig: profilerWithDefaults(request.ProfilerConfig) }),
    EnableNetworkIsolation: request.EnableNetworkIsolation ?? false,
    EnableInterContainerTrafficEncryption: request.EnableInterContainerTrafficEncryption ?? false,
    EnableManagedSpotTraining: request.EnableManagedSpotTraining ?? false,
  };
}

function channelWithDefaults(channel: Channel): Channel {
  const { S3DataSource: s3 } = channel.DataSource;
  return {
    ...channel,
    ...(s3 && {
      DataSource: {
        ...channel.DataSource,
        S3DataSource: { S3DataDistributionType: 'FullyReplicated', ...s3 },
      },
    }),
    CompressionType: channel.CompressionType ?? 'None',
    RecordWrapperType: channel.RecordWrapperType ?? 'None',
  };
}
