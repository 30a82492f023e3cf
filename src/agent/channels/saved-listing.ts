import { open, rename, writeFile } from 'node:fs/promises';
import type { ChannelListing } from './listing.ts';

/** Lines of a saved listing that are written at a time. */
const LINES_AT_ONCE = 1000;

/** Keeps a listing at `path`: the file is there whole or not at all. */
export async function saveListing(path: string, listing: ChannelListing): Promise<void> {
  await writeFile(`${path}.new`, chunksOfLines(listing));
  await rename(`${path}.new`, path);
}

/** The listing that was kept at `path`, if any. */
export async function readListing(path: string): Promise<ChannelListing | undefined> {
  const file = await open(path).catch(() => undefined);
  if (!file) return undefined;
  const lines = file.readLines()[Symbol.asyncIterator]();
  const [bucket, prefix] = JSON.parse((await lines.next()).value ?? '') as [string, string];
  const objects: ChannelListing['objects'][number][] = [];
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    const [key, size, etag, lastModified] = JSON.parse(line.value) as [string, number, string, number];
    objects.push({ key, size, etag, lastModified: new Date(lastModified) });
  }
  return { bucket, prefix, objects };
}

function* chunksOfLines({ bucket, prefix, objects }: ChannelListing): Generator<string> {
  yield line([bucket, prefix]);
  for (let start = 0; start < objects.length; start += LINES_AT_ONCE) {
    yield objects
      .slice(start, start + LINES_AT_ONCE)
      .map(({ key, size, etag, lastModified }) => line([key, size, etag, lastModified.getTime()]))
      .join('');
  }
}

/** Keys may hold what a reader of lines takes for the end of one, also where JSON leaves it as it is. */
const line = (values: readonly (string | number)[]): string =>
  `${JSON.stringify(values).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`;
