import { writeFile } from 'node:fs/promises';
import type { ChannelListing } from './listing.ts';

/**
 * `<channel>-manifest`: the prefix without its bucket, then the URI of each object of the channel, also of those that go to other
 * hosts (training contract §1.4).
 */
export function manifest({ bucket, prefix, objects }: ChannelListing): string {
  return [prefix, ...objects.map(({ key }) => `s3://${bucket}/${key}`), ''].join('\n');
}

export async function writeManifest(path: string, listing: ChannelListing): Promise<void> {
  await writeFile(path, manifest(listing), { mode: 0o644 });
}
