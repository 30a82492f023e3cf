import { writeFile } from 'node:fs/promises';
import type { ObjectSummary } from '../../objects/object-storage.ts';
import type { Channel } from './channel.ts';

/** `<channel>-manifest`: the prefix without its bucket, then the URI of each object of the channel (training contract §1.4). */
export function manifest(channel: Channel, objects: readonly ObjectSummary[]): string {
  return [channel.prefix, ...objects.map(({ key }) => `s3://${channel.bucket}/${key}`), ''].join('\n');
}

export async function writeManifest(
  path: string,
  channel: Channel,
  objects: readonly ObjectSummary[],
): Promise<void> {
  await writeFile(path, manifest(channel, objects), { mode: 0o644 });
}
