import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectSummary } from '../../objects/object-storage.ts';
import { freeSpace } from '../free-space.ts';
import type { Hook, Instance } from '../hook.ts';
import { inParallel } from '../in-parallel.ts';
import { withRetries } from '../retry.ts';
import { isTransient, transferFault } from '../storage-faults.ts';
import { type Channel, channelsOf, DOWNLOAD_FAILED } from './channel.ts';
import { DownloadJournal } from './download-journal.ts';
import { placeObjects } from './key-mapping.ts';
import { listChannel } from './listing.ts';
import { writeManifest } from './manifest.ts';
import { checkSpace } from './space.ts';

/** Downloads that are under way at a time. */
const WIDTH = 16;

/** What a channel is to become on the disk. */
interface Delivery {
  readonly channel: Channel;
  readonly objects: readonly ObjectSummary[];
  readonly folders: readonly string[];
  readonly files: readonly PlannedFile[];
}

interface PlannedFile {
  readonly channel: Channel;
  readonly object: ObjectSummary;
  readonly destination: string;
}

/**
 * Brings the File mode channels in. An agent that goes on after a crash downloads the same objects as the first one, without those
 * that the journal says are whole.
 */
export const downloadChannels: Hook = {
  name: 'download input data',
  async run(instance, signal) {
    const channels = channelsOf(instance.plan);
    if (channels.length === 0) return;
    const deliveries: Delivery[] = [];
    for (const channel of channels) deliveries.push(await planDelivery(channel, instance, signal));
    const files = deliveries.flatMap((delivery) => delivery.files);
    const journal = await DownloadJournal.open(join(instance.folder.state, 'downloads'));
    const missing = files
      .map((file, number) => ({ ...file, number }))
      .filter(({ number }) => !journal.has(number));
    await checkRoom(deliveries, missing, instance);
    for (const delivery of deliveries) await layOut(delivery, instance);
    await inParallel(missing, WIDTH, signal, async (file, _index, stop) => {
      // A kill may have left half of it.
      if (journal.resumed) await rm(file.destination, { force: true });
      await downloadFile(file, instance, stop);
      await journal.note(file.number, file.object.size);
    });
  },
};

async function planDelivery(channel: Channel, instance: Instance, signal: AbortSignal): Promise<Delivery> {
  const path = join(instance.folder.state, `${channel.name}.listing`);
  const objects = await listChannel(channel, path, instance, signal);
  const { files, folders } = placeObjects(channel.prefix, objects);
  const folder = dataFolder(channel, instance);
  return {
    channel,
    objects,
    folders,
    files: files.map(({ object, path }) => ({ channel, object, destination: `${folder}/${path}` })),
  };
}

async function checkRoom(
  deliveries: readonly Delivery[],
  missing: readonly PlannedFile[],
  { folder, plan }: Instance,
): Promise<void> {
  const needs = deliveries.map(({ channel, files }) => ({
    channel: channel.name,
    total: sizeOf(files),
    missing: sizeOf(missing.filter((file) => file.channel === channel)),
  }));
  const { bytes } = await freeSpace(folder.home);
  checkSpace(needs, bytes, plan.request.ResourceConfig?.VolumeSizeInGB ?? 0);
}

async function layOut({ channel, folders, objects }: Delivery, instance: Instance): Promise<void> {
  const folder = dataFolder(channel, instance);
  for (const path of folders) await mkdir(join(folder, path), { recursive: true, mode: 0o755 });
  await writeManifest(`${folder}-manifest`, channel, objects);
}

async function downloadFile(
  { channel, object, destination }: PlannedFile,
  { environment, plan }: Instance,
  signal: AbortSignal,
): Promise<void> {
  const { storage, clock } = environment;
  const download = () => storage.download({ bucket: channel.bucket, ...object }, destination, signal);
  const where = `channel "${channel.name}", object "s3://${channel.bucket}/${object.key}"`;
  try {
    await withRetries(() => download().catch((error) => discard(destination, error)), {
      clock,
      signal,
      mayRetry: isTransient,
      onRetry: (error, delay) =>
        environment.log(`${plan.jobName}: ${where}: ${error}; trying again in ${delay} ms`),
    });
  } catch (error) {
    signal.throwIfAborted();
    throw transferFault(`${DOWNLOAD_FAILED}${where}`, error);
  }
}

/** What a failed download left must not be in the next one's way. */
async function discard(path: string, error: unknown): Promise<never> {
  await rm(path, { force: true });
  throw error;
}

const dataFolder = (channel: Channel, { folder }: Instance) => join(folder.ml, 'input', 'data', channel.name);

const sizeOf = (files: readonly PlannedFile[]) => files.reduce((sum, { object }) => sum + object.size, 0);
