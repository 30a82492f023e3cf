import { channelRequestsOf, inputModeOf } from '../channels/channel.ts';
import type { InstancePlan } from '../instance-agent.ts';

/** `inputdataconfig.json` (training contract §1.3): by channel, and without the S3 URIs, which are deliberately not exposed. */
export function inputDataConfig(plan: InstancePlan): object {
  return Object.fromEntries(
    channelRequestsOf(plan).map((channel) => [
      channel.ChannelName,
      {
        ...(channel.ContentType !== undefined && { ContentType: channel.ContentType }),
        TrainingInputMode: inputModeOf(channel, plan.request),
        S3DistributionType: channel.DataSource.S3DataSource?.S3DataDistributionType ?? 'FullyReplicated',
        RecordWrapperType: channel.RecordWrapperType ?? 'None',
      },
    ]),
  );
}
