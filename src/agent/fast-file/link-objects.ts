import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ObjectFile, ObjectStorage } from '../../objects/object-storage.ts';
import { type Channel, DOWNLOAD_FAILED, downloadFault } from '../channels/channel.ts';
import { objectsForHost } from '../channels/distribution.ts';
import { channelPath, type PlacedObject, placeObjects } from '../channels/key-mapping.ts';
import { checkSpace } from '../channels/space.ts';
import { freeSpace } from '../free-space.ts';
import type { Instance } from '../hook.ts';
import { inParallel } from '../in-parallel.ts';
import { removeTree } from '../remove-tree.ts';
import { withRetries } from '../retry.ts';
import { isTransient, transferFault } from '../storage-faults.ts';
import { fastFileRoot } from './fast-file-root.ts';

/** Links that are made before others get their turn: some two milliseconds. */
const LINKS_AT_ONCE = 200;
/** Copies that are made at a time. */
const WIDTH = 4;

/**
 * Shows a channel's objects in a new folder by hard links to the store's own files, so that nothing is copied: whoever sees the folder
 * must not be able to write to it. An object that was uploaded in parts is joined to one file first, the first time that this is asked
 * for; an encrypted one is copied. The log says how many. All of them stay as they were, whatever becomes of the objects.
 */
export async function linkObjects(
  channel: Channel,
  listFiles: NonNullable<ObjectStorage['listFiles']>,
  folder: string,
  instance: Instance,
  signal: AbortSignal,
): Promise<void> {
  // An agent before a crash may have made a part of it.
  await removeTree(folder);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const { files, folders } = await placed(channel, listFiles, instance, signal);
  for (const path of folders) await mkdir(join(folder, path), { mode: 0o755 });
  const others: PlacedObject<ObjectFile>[] = [];
  for (const [number, file] of files.entries()) {
    if (number % LINKS_AT_ONCE === 0) await nextTurn(undefined, { signal });
    if (!file.object.link(`${folder}/${file.path}`)) others.push(file);
  }
  if (others.length > 0) await copyObjects(channel, others, folder, instance, signal);
}

async function placed(
  channel: Channel,
  listFiles: NonNullable<ObjectStorage['listFiles']>,
  { plan, environment: { clock } }: Instance,
  signal: AbortSignal,
) {
  const root = fastFileRoot(channel.key);
  const where = `channel "${channel.name}"`;
  try {
    const list = () => collect(listFiles(channel.bucket, root), signal);
    const objects = await withRetries(list, { clock, signal, mayRetry: isTransient });
    if (objects.length === 0) throw downloadFault(`${where}: no S3 objects are left under "${channel.uri}"`);
    return placeObjects(root, objectsForHost(channel, objects, plan), channelPath);
  } catch (error) {
    signal.throwIfAborted();
    throw transferFault(`${DOWNLOAD_FAILED}${where}, ${channel.uri}`, error);
  }
}

async function collect(objects: AsyncIterable<ObjectFile>, signal: AbortSignal): Promise<ObjectFile[]> {
  const all: ObjectFile[] = [];
  for await (const object of objects) {
    signal.throwIfAborted();
    all.push(object);
  }
  return all;
}

/** Brings in what can't just be linked. */
async function copyObjects(
  channel: Channel,
  files: readonly PlacedObject<ObjectFile>[],
  folder: string,
  instance: Instance,
  signal: AbortSignal,
): Promise<void> {
  const { environment, plan } = instance;
  const total = files.reduce((sum, { object }) => sum + object.size, 0);
  const { bytes } = await freeSpace(folder);
  checkSpace(
    [{ channel: channel.name, total, missing: total }],
    bytes,
    plan.request.ResourceConfig?.VolumeSizeInGB ?? 0,
  );
  const filled = files.filter(({ object }) => object.size > 0);
  if (filled.length > 0) {
    instance.say(
      `FastFile channel "${channel.name}": ${filled.length} objects (${total} bytes) that the store keeps in parts or encrypted are brought together before the start.`,
    );
  }
  await inParallel(files, WIDTH, signal, async ({ object, path }, _index, stop) => {
    const location = { bucket: channel.bucket, ...object };
    const copy = async () => {
      await rm(`${folder}/${path}`, { force: true });
      if (await object.linkJoined(`${folder}/${path}`, stop)) return;
      await environment.storage.download(location, `${folder}/${path}`, stop);
    };
    try {
      await withRetries(copy, { clock: environment.clock, signal: stop, mayRetry: isTransient });
    } catch (error) {
      stop.throwIfAborted();
      const where = `channel "${channel.name}", object "s3://${channel.bucket}/${object.key}"`;
      throw transferFault(`${DOWNLOAD_FAILED}${where}`, error);
    }
  });
}
