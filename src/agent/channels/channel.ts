import type {
  Channel as ChannelRequest,
  CreateTrainingJobRequest,
  S3DataType,
  TrainingInputMode,
} from '../../model/types.generated.ts';
import { parseS3Uri } from '../../objects/object-storage.ts';
import { JobFault } from '../../training/fault.ts';
import { hostGroups } from '../../training/instance-groups.ts';
import type { InstancePlan } from '../instance-agent.ts';

/** A channel of an instance whose data are objects of S3. */
export interface Channel {
  readonly name: string;
  readonly inputMode: TrainingInputMode;
  readonly dataType: S3DataType;
  readonly uri: string;
  readonly bucket: string;
  /** The key in the URI: what the keys of the channel's objects start with, or the key of its manifest. */
  readonly key: string;
  /** Each host gets a part of the objects (`ShardedByS3Key`), not all of them. */
  readonly sharded: boolean;
  /** The hosts that get it, by their numbers. */
  readonly hosts: readonly string[];
  /** Absent: not shuffled. */
  readonly shuffleSeed?: number;
}

/** The channels that this instance gets: those for all instance groups, and those for its own (training contract §2.4). */
export function channelRequestsOf(plan: InstancePlan): ChannelRequest[] {
  return (plan.request.InputDataConfig ?? []).filter((channel) => {
    const groups = groupsOf(channel);
    return groups.length === 0 || groups.includes(plan.groupName);
  });
}

const groupsOf = (channel: ChannelRequest): readonly string[] =>
  channel.DataSource.S3DataSource?.InstanceGroupNames ?? [];

function hostsOf(channel: ChannelRequest, { hosts, request }: InstancePlan): readonly string[] {
  const groups = groupsOf(channel);
  if (groups.length === 0) return hosts;
  return hostGroups(request).flatMap((group) => (groups.includes(group.name) ? group.hosts : []));
}

/** Those of the instance's channels whose data are in S3, of all modes. */
export function channelsOf(plan: InstancePlan): Channel[] {
  return channelRequestsOf(plan).flatMap((channel) => {
    const source = channel.DataSource.S3DataSource;
    if (!source) return [];
    const seed = channel.ShuffleConfig?.Seed;
    return {
      name: channel.ChannelName,
      inputMode: inputModeOf(channel, plan.request),
      dataType: source.S3DataType,
      uri: source.S3Uri,
      ...parseS3Uri(source.S3Uri),
      hosts: hostsOf(channel, plan),
      sharded: source.S3DataDistributionType === 'ShardedByS3Key',
      ...(seed === undefined ? {} : { shuffleSeed: seed }),
    };
  });
}

/** A channel's own InputMode wins over the job's (training contract §1.3). */
export function inputModeOf(channel: ChannelRequest, request: CreateTrainingJobRequest): TrainingInputMode {
  return channel.InputMode ?? request.AlgorithmSpecification?.TrainingInputMode ?? 'File';
}

/** What the texts of all failures to bring data in begin with (training contract §1.6). */
export const DOWNLOAD_FAILED = 'Data download failed:';

export function downloadFault(detail: string): JobFault {
  return new JobFault('ClientError', `${DOWNLOAD_FAILED}${detail}`);
}
