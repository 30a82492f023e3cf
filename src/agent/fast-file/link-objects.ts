import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ObjectFile } from '../../objects/object-storage.ts';
import { type Channel, DOWNLOAD_FAILED } from '../channels/channel.ts';
import type { PlacedObject, Placement } from '../channels/key-mapping.ts';
import { checkSpace } from '../channels/space.ts';
import { freeSpace } from '../free-space.ts';
import type { Instance } from '../hook.ts';
import { inParallel } from '../in-parallel.ts';
import { withRetries } from '../retry.ts';
import { isTransient, transferFault } from '../storage-faults.ts';

/** Links that are made before others get their turn: some two milliseconds. */
const LINKS_AT_ONCE = 200;
/** Copies that are made at a time. */
const WIDTH = 4;

/**
 * Shows objects in a new folder by hard links to the store's own files, so that nothing is copied: whoever sees the folder must not be
 * able to write to it. An object that was uploaded in parts is joined to one file first, the first time that this is asked for; an
 * encrypted one is copied. The log says how many. All of them stay as they were, whatever becomes of the objects. Resolves with
 * whether bytes were copied.
 */
export async function linkObjects(
  channel: Channel,
  { files, folders }: Placement<ObjectFile>,
  folder: string,
  instance: Instance,
  signal: AbortSignal,
): Promise<{ copied: boolean }> {
  for (const path of folders) await mkdir(join(folder, path), { mode: 0o755 });
  const others: PlacedObject<ObjectFile>[] = [];
  for (const [number, file] of files.entries()) {
    if (number % LINKS_AT_ONCE === 0) await nextTurn(undefined, { signal });
    if (!file.object.link(`${folder}/${file.path}`)) others.push(file);
  }
  return { copied: others.length > 0 && (await copyObjects(channel, others, folder, instance, signal)) };
}

/** Brings in what can't just be linked. Resolves with whether it took a copy of any byte. */
async function copyObjects(
  channel: Channel,
  files: readonly PlacedObject<ObjectFile>[],
  folder: string,
  instance: Instance,
  signal: AbortSignal,
): Promise<boolean> {
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
  let copied = false;
  await inParallel(files, WIDTH, signal, async ({ object, path }, _index, stop) => {
    const location = { bucket: channel.bucket, ...object };
    const copy = async () => {
      await rm(`${folder}/${path}`, { force: true });
      if (await object.linkJoined(`${folder}/${path}`, stop)) return;
      await environment.storage.download(location, `${folder}/${path}`, stop);
      copied ||= object.size > 0;
    };
    try {
      await withRetries(copy, { clock: environment.clock, signal: stop, mayRetry: isTransient });
    } catch (error) {
      stop.throwIfAborted();
      const where = `channel "${channel.name}", object "s3://${channel.bucket}/${object.key}"`;
      throw transferFault(`${DOWNLOAD_FAILED}${where}`, error);
    }
  });
  return copied;
}
