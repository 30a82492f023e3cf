import type { Channel as ChannelRequest } from '../../model/types.generated.ts';
import { type Channel, channelRequestsOf, channelsOf } from '../channels/channel.ts';
import type { InstancePlan } from '../instance-agent.ts';
import type { PipeChannel } from './pipe-plan.ts';

/** A channel in Pipe mode: where its data are, and the request's own words. */
export interface RequestedPipe {
  readonly channel: Channel;
  readonly request: ChannelRequest;
}

/** The channels that this instance gets through pipes. */
export function pipeChannelsOf(plan: InstancePlan): readonly RequestedPipe[] {
  const requests = new Map(channelRequestsOf(plan).map((request) => [request.ChannelName, request]));
  return channelsOf(plan).flatMap((channel) => {
    const request = requests.get(channel.name);
    return channel.inputMode === 'Pipe' && request ? { channel, request } : [];
  });
}

/** How a feeder is to treat a channel. */
export function pipeChannel({ channel, request }: RequestedPipe, plan: InstancePlan): PipeChannel {
  return {
    name: channel.name,
    gzip: request.CompressionType === 'Gzip',
    recordIo: request.RecordWrapperType === 'RecordIO',
    ...(channel.shuffleSeed !== undefined && { seed: channel.shuffleSeed }),
    shards: channel.sharded ? channel.hosts.length : 1,
    shard: channel.sharded ? channel.hosts.indexOf(plan.host) : 0,
  };
}
