import type { Channel, CreateTrainingJobRequest, TrainingInputMode } from '../model/types.generated.ts';

/** What is wrong with how a request uses Pipe mode, or what only Pipe mode can do; or nothing (training contract §2.3, §2.5, §2.6). */
export function brokenPipeRule(request: CreateTrainingJobRequest): string | undefined {
  const channels = (request.InputDataConfig ?? []).map((channel) => ({
    channel,
    mode: inputMode(channel, request),
  }));
  const pipes = channels.filter(({ mode }) => mode === 'Pipe').map(({ channel }) => channel.ChannelName);
  for (const { channel, mode } of channels) {
    const broken = pipeOnly(channel, mode) ?? augmentedManifest(channel) ?? fifoClash(channel, pipes);
    if (broken) return broken;
  }
  return undefined;
}

/** A channel's own InputMode wins over the job's (training contract §1.3). */
const inputMode = (channel: Channel, request: CreateTrainingJobRequest): TrainingInputMode =>
  channel.InputMode ?? request.AlgorithmSpecification?.TrainingInputMode ?? 'File';

function pipeOnly(channel: Channel, mode: TrainingInputMode): string | undefined {
  if (mode === 'Pipe') return undefined;
  const used = [
    channel.CompressionType === 'Gzip' && 'CompressionType Gzip',
    channel.RecordWrapperType === 'RecordIO' && 'RecordWrapperType RecordIO',
    channel.DataSource.S3DataSource?.S3DataType === 'AugmentedManifestFile' &&
      'S3DataType AugmentedManifestFile',
  ].find((each) => each);
  return used
    ? `Invalid ${used} for channel ${channel.ChannelName} in InputDataConfig: it is only supported in Pipe mode, and the channel's input mode is ${mode}`
    : undefined;
}

function augmentedManifest({
  ChannelName: name,
  DataSource: { S3DataSource: s3 },
}: Channel): string | undefined {
  if (!s3) return undefined;
  const named = (s3.AttributeNames ?? []).length > 0;
  if (s3.S3DataType === 'AugmentedManifestFile') {
    return named
      ? undefined
      : `AttributeNames must be specified for channel ${name} in InputDataConfig: its S3DataType is AugmentedManifestFile`;
  }
  return named
    ? `Invalid AttributeNames for channel ${name} in InputDataConfig: they are only supported with S3DataType AugmentedManifestFile`
    : undefined;
}

/** A channel in Pipe mode takes the names `<channel>_<epoch>` in /opt/ml/input/data (training contract §2.6). */
function fifoClash({ ChannelName: name }: Channel, pipes: readonly string[]): string | undefined {
  const pipe = pipes.find((each) => name.startsWith(`${each}_`) && /^\d+$/.test(name.slice(each.length + 1)));
  return pipe && `Invalid channel name '${name}' in InputDataConfig: a FIFO of channel ${pipe} has that name`;
}
