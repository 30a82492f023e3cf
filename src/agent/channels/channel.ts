import type {
  Channel as ChannelRequest,
  CreateTrainingJobRequest,
  TrainingInputMode,
} from '../../model/types.generated.ts';
import { parseS3Uri } from '../../objects/object-storage.ts';
import { JobFault } from '../../training/fault.ts';
import type { InstancePlan } from '../instance-agent.ts';

/** A channel of an instance whose data are the S3 objects below a prefix. */
export interface Channel {
  readonly name: string;
  readonly uri: string;
  readonly bucket: string;
  readonly prefix: string;
}

/** The channels that this instance gets: those for all instance groups, and those for its own (training contract §2.4). */
export function channelRequestsOf(plan: InstancePlan): ChannelRequest[] {
  return (plan.request.InputDataConfig ?? []).filter((channel) => {
    const groups = channel.DataSource.S3DataSource?.InstanceGroupNames ?? [];
    return groups.length === 0 || groups.includes(plan.groupName);
  });
}

export function channelsOf(plan: InstancePlan): Channel[] {
  return channelRequestsOf(plan).map((channel) => {
    const uri = channel.DataSource.S3DataSource?.S3Uri;
    if (uri === undefined) throw downloadFault(`channel "${channel.ChannelName}" has no S3 data source`);
    const { bucket, key } = parseS3Uri(uri);
    return { name: channel.ChannelName, uri, bucket, prefix: key };
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
