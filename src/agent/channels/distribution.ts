import type { InstancePlan } from '../instance-agent.ts';
import { shuffled } from '../pipe/shuffle.ts';
import type { Channel } from './channel.ts';

/**
 * What of a channel's objects this host gets, and in which order (training contract §2.4): all of them, or its shard. A channel with
 * a seed is shuffled anew for each epoch (from 0), so that objects move between the hosts.
 */
export function objectsForHost<T extends { readonly key: string }>(
  channel: Channel,
  objects: readonly T[],
  { host }: Pick<InstancePlan, 'host'>,
  epoch = 0,
): readonly T[] {
  const inOrder = channel.sharded && channel.dataType === 'ManifestFile' ? byKey(objects) : objects;
  const mixed =
    channel.shuffleSeed === undefined
      ? inOrder
      : inOrderOf(shuffled(inOrder.length, channel.shuffleSeed, epoch), inOrder);
  return channel.sharded ? shardOf(mixed, channel.hosts.indexOf(host), channel.hosts.length) : mixed;
}

/** Item i goes to host i mod n: the shards of all hosts hold each item once. */
export function shardOf<T>(items: readonly T[], host: number, hosts: number): T[] {
  return items.filter((_, at) => at % hosts === host);
}

/** In the order of the keys' UTF-8 bytes, as S3 lists them. */
function byKey<T extends { readonly key: string }>(objects: readonly T[]): T[] {
  return objects
    .map((object) => ({ object, bytes: Buffer.from(object.key) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ object }) => object);
}

const inOrderOf = <T>(order: Uint32Array, items: readonly T[]): T[] =>
  Array.from(order, (at) => items[at] as T);
