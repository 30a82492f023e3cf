import type { Channel } from '../../model/types.generated.ts';
import { localPathOf } from '../../training/local-paths.ts';
import type { InstancePlan } from '../instance-agent.ts';
import { upperSnake } from './upper-snake.ts';

/** `trainingjobconfig.json`: the request, enriched (training contract §1.4). */
export function trainingJobConfig({ request, jobArn }: InstancePlan): object {
  return {
    ...request,
    TrainingJobArn: jobArn,
    ...(request.InputDataConfig && { InputDataConfig: request.InputDataConfig.map(withUpperSnakeEnums) }),
    ...(request.DebugHookConfig && {
      DebugHookConfig: {
        ...request.DebugHookConfig,
        LocalPath: localPathOf(request, 'DebugHookConfig'),
      },
    }),
    ...(request.Tags && { BaseTags: request.Tags }),
  };
}

function withUpperSnakeEnums(channel: Channel): object {
  const s3 = channel.DataSource.S3DataSource;
  return {
    ...channel,
    DataSource: {
      ...channel.DataSource,
      ...(s3 && {
        S3DataSource: {
          ...s3,
          S3DataType: upperSnake(s3.S3DataType),
          ...(s3.S3DataDistributionType && { S3DataDistributionType: upperSnake(s3.S3DataDistributionType) }),
        },
      }),
    },
    ...(channel.CompressionType && { CompressionType: upperSnake(channel.CompressionType) }),
    ...(channel.RecordWrapperType && { RecordWrapperType: upperSnake(channel.RecordWrapperType) }),
    ...(channel.InputMode && { InputMode: upperSnake(channel.InputMode) }),
  };
}
