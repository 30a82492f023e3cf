import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectLocation, ObjectSummary } from '../../objects/object-storage.ts';
import { abortable } from '../abortable.ts';
import type { Instance } from '../hook.ts';
import { inParallel } from '../in-parallel.ts';
import { withRetries } from '../retry.ts';
import { isTransient, transferFault } from '../storage-faults.ts';
import { type Channel, DOWNLOAD_FAILED, downloadFault } from './channel.ts';
import { parseManifest } from './manifest-file.ts';
import { readListing, saveListing } from './saved-listing.ts';

/** What a channel consists of, on all hosts together. */
export interface ChannelListing {
  readonly bucket: string;
  /** What all keys start with: that of the URI, or the one that the manifest names. */
  readonly prefix: string;
  /** In key order (UTF-8 bytes), or in the manifest's order. Never empty. */
  readonly objects: readonly ObjectSummary[];
}

/** Objects of a manifest that are looked up at a time. */
const WIDTH = 16;

/** A manifest is read as one text: a longer one than this, in bytes, is refused. */
const LONGEST_MANIFEST = 256 * 1024 * 1024;

/**
 * The objects of a channel of type S3Prefix, Converse or ManifestFile. They are listed once and remembered on the instance's disk:
 * an agent that goes on after a crash brings in the very objects that the first one saw, or fails. Rejects with a `JobFault`, a
 * ClientError where the owner of the job can do something about it.
 */
export async function listChannel(
  channel: Channel,
  instance: Instance,
  signal: AbortSignal,
): Promise<ChannelListing> {
  const path = join(instance.folder.state, `${channel.name}.listing`);
  const saved = await readListing(path);
  if (saved) return saved;
  const listing =
    channel.dataType === 'ManifestFile'
      ? await listManifest(channel, instance, signal)
      : await listPrefix(channel, instance, signal);
  await saveListing(path, listing);
  return listing;
}

/** Brings the manifest of a channel of type ManifestFile or AugmentedManifestFile, of any size, to a new file at `path`. */
export async function downloadManifest(
  channel: Channel,
  path: string,
  instance: Instance,
  signal: AbortSignal,
): Promise<void> {
  const object = await find(channel, `manifest "${channel.uri}"`, channel, instance, signal);
  await downloadOnce({ ...object, bucket: channel.bucket }, path, channel, instance, signal);
}

async function listPrefix(
  channel: Channel,
  instance: Instance,
  signal: AbortSignal,
): Promise<ChannelListing> {
  const { storage } = instance.environment;
  const { bucket, key, uri } = channel;
  const objects = await trying(channel, uri, instance, signal, () =>
    abortable(collect(storage.list(bucket, key), signal), signal),
  );
  if (objects.length === 0)
    throw downloadFault(`channel "${channel.name}": no S3 objects are left under "${uri}"`);
  return { bucket, prefix: key, objects };
}

/** All objects must be there and readable (training contract §2.2). */
async function listManifest(
  channel: Channel,
  instance: Instance,
  signal: AbortSignal,
): Promise<ChannelListing> {
  const { bucket, prefix, keys } = parseManifest(
    await manifestText(channel, instance, signal),
    `channel "${channel.name}": the manifest "${channel.uri}"`,
  );
  const objects: ObjectSummary[] = [];
  await inParallel(keys, WIDTH, signal, async (key, at, stop) => {
    const named = `object "s3://${bucket}/${key}" of the manifest "${channel.uri}"`;
    objects[at] = await find({ bucket, key }, named, channel, instance, stop);
  });
  return { bucket, prefix, objects };
}

async function manifestText(channel: Channel, instance: Instance, signal: AbortSignal): Promise<string> {
  const named = `manifest "${channel.uri}"`;
  const object = await find(channel, named, channel, instance, signal);
  if (object.size > LONGEST_MANIFEST) {
    throw downloadFault(
      `channel "${channel.name}": the ${named} has ${object.size} bytes, and at most ${LONGEST_MANIFEST} are read`,
    );
  }
  const path = join(instance.folder.state, `${channel.name}.manifest`);
  await downloadOnce({ ...object, bucket: channel.bucket }, path, channel, instance, signal);
  try {
    return await readFile(path, 'utf8');
  } finally {
    await rm(path);
  }
}

async function downloadOnce(
  object: ObjectLocation & ObjectSummary,
  path: string,
  channel: Channel,
  instance: Instance,
  signal: AbortSignal,
): Promise<void> {
  await trying(channel, `"s3://${object.bucket}/${object.key}"`, instance, signal, async () => {
    // A download before a crash, or a failed one, may have left something.
    await rm(path, { force: true });
    await instance.environment.storage.download(object, path, signal);
  });
}

async function find(
  { bucket, key }: ObjectLocation,
  named: string,
  channel: Channel,
  instance: Instance,
  signal: AbortSignal,
): Promise<ObjectSummary> {
  const { storage } = instance.environment;
  const found = await trying(channel, named, instance, signal, () =>
    abortable(storage.find({ bucket, key }), signal),
  );
  if (found) return found;
  throw downloadFault(`channel "${channel.name}": the ${named} does not exist`);
}

/** Asks the store, again where that may help. `named` is what is asked for. */
async function trying<T>(
  channel: Channel,
  named: string,
  { environment: { clock } }: Instance,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await withRetries(work, { clock, signal, mayRetry: isTransient });
  } catch (error) {
    signal.throwIfAborted();
    throw transferFault(`${DOWNLOAD_FAILED}channel "${channel.name}", ${named}`, error);
  }
}

async function collect(objects: AsyncIterable<ObjectSummary>, signal: AbortSignal): Promise<ObjectSummary[]> {
  const all: ObjectSummary[] = [];
  for await (const object of objects) {
    signal.throwIfAborted();
    all.push(object);
  }
  return all;
}
