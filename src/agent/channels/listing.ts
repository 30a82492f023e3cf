import { open, rename, writeFile } from 'node:fs/promises';
import type { ObjectSummary } from '../../objects/object-storage.ts';
import { abortable } from '../abortable.ts';
import type { Instance } from '../hook.ts';
import { withRetries } from '../retry.ts';
import { isTransient, transferFault } from '../storage-faults.ts';
import { type Channel, DOWNLOAD_FAILED, downloadFault } from './channel.ts';

/** Lines of a saved listing that are written at a time. */
const LINES_AT_ONCE = 1000;

/**
 * The objects of a channel. They are listed once and remembered at `path`: an agent that goes on after a crash brings in the very
 * objects that the first one saw, or fails.
 */
export async function listChannel(
  channel: Channel,
  path: string,
  instance: Instance,
  signal: AbortSignal,
): Promise<readonly ObjectSummary[]> {
  const saved = await readListing(path);
  if (saved) return saved;
  const { storage, clock } = instance.environment;
  const list = () => abortable(collect(storage.list(channel.bucket, channel.prefix), signal), signal);
  const objects = await withRetries(list, { clock, signal, mayRetry: isTransient }).catch((error) => {
    signal.throwIfAborted();
    throw transferFault(`${DOWNLOAD_FAILED}channel "${channel.name}", ${channel.uri}`, error);
  });
  if (objects.length === 0) {
    throw downloadFault(`channel "${channel.name}": no S3 objects are left under "${channel.uri}"`);
  }
  await saveListing(path, objects);
  return objects;
}

async function collect(objects: AsyncIterable<ObjectSummary>, signal: AbortSignal): Promise<ObjectSummary[]> {
  const all: ObjectSummary[] = [];
  for await (const object of objects) {
    signal.throwIfAborted();
    all.push(object);
  }
  return all;
}

/** The file is there whole or not at all. */
async function saveListing(path: string, objects: readonly ObjectSummary[]): Promise<void> {
  await writeFile(`${path}.new`, chunksOfLines(objects));
  await rename(`${path}.new`, path);
}

function* chunksOfLines(objects: readonly ObjectSummary[]): Generator<string> {
  for (let start = 0; start < objects.length; start += LINES_AT_ONCE) {
    yield objects
      .slice(start, start + LINES_AT_ONCE)
      .map(
        ({ key, size, etag, lastModified }) =>
          `${JSON.stringify([key, size, etag, lastModified.getTime()])}\n`,
      )
      .join('');
  }
}

async function readListing(path: string): Promise<ObjectSummary[] | undefined> {
  const file = await open(path).catch(() => undefined);
  if (!file) return undefined;
  const objects: ObjectSummary[] = [];
  for await (const line of file.readLines()) {
    const [key, size, etag, lastModified] = JSON.parse(line) as [string, number, string, number];
    objects.push({ key, size, etag, lastModified: new Date(lastModified) });
  }
  return objects;
}
