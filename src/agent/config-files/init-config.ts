import type { Channel } from '../../model/types.generated.ts';
import { localPathOf } from '../../training/local-paths.ts';
import { channelRequestsOf, inputModeOf } from '../channels/channel.ts';
import type { InstancePlan } from '../instance-agent.ts';
import { upperSnake } from './upper-snake.ts';

/** `init-config.json`, which SageMaker writes for itself (training contract §1.4). */
export function initConfig(plan: InstancePlan): object {
  return {
    inputMode: upperSnake(plan.request.AlgorithmSpecification?.TrainingInputMode ?? 'File'),
    channels: Object.fromEntries(
      channelRequestsOf(plan).map((channel) => [channel.ChannelName, channelConfig(channel, plan)]),
    ),
    checkpointChannel: checkpointChannel(plan),
    hostConfig: { clusterSize: plan.hosts.length, hostNumber: plan.hosts.indexOf(plan.host) + 1 },
    enableAdditionalPlatformLoggingForCustomer: false,
    jobRunInfo: { jobRunNumber: plan.attempt },
  };
}

/** The checkpoints, as the channel that the platform brings them in by. */
function checkpointChannel(plan: InstancePlan): object | null {
  const { CheckpointConfig: checkpoints } = plan.request;
  if (!checkpoints) return null;
  const DataSource = { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: checkpoints.S3Uri } } as const;
  return {
    name: 'checkpoints',
    channel: channelConfig({ ChannelName: 'checkpoints', DataSource, InputMode: 'File' }, plan),
    outputPath: localPathOf(plan.request, 'CheckpointConfig'),
    allowEmpty: true,
  };
}

function channelConfig(channel: Channel, plan: InstancePlan): object {
  const s3 = channel.DataSource.S3DataSource;
  const distribution = s3?.S3DataDistributionType ?? 'FullyReplicated';
  return {
    s3DataSource: s3
      ? {
          s3DataType: upperSnake(s3.S3DataType),
          s3Uri: s3.S3Uri,
          s3DataDistributionType: upperSnake(distribution),
          attributeNames: s3.AttributeNames ?? null,
        }
      : null,
    fileSystemDataSource: null,
    compressionType: upperSnake(channel.CompressionType ?? 'None'),
    recordWrapper: upperSnake(channel.RecordWrapperType ?? 'None'),
    shuffleConfig: channel.ShuffleConfig ? { seed: channel.ShuffleConfig.Seed } : null,
    inputMode: upperSnake(inputModeOf(channel, plan.request)),
    sharded: distribution === 'ShardedByS3Key',
  };
}
