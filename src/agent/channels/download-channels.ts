import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectSummary } from '../../objects/object-storage.ts';
import { freeSpace } from '../free-space.ts';
import type { Hook, Instance } from '../hook.ts';
import { inParallel } from '../in-parallel.ts';
import { withRetries } from '../retry.ts';
import { isTransient, transferFault } from '../storage-faults.ts';
import { type Channel, channelsOf, DOWNLOAD_FAILED } from './channel.ts';
import { objectsForHost } from './distribution.ts';
import { DownloadJournal } from './download-journal.ts';
import { channelPath, manifestPath, placeObjects } from './key-mapping.ts';
import { type ChannelListing, listChannel } from './listing.ts';
import { writeManifest } from './manifest.ts';
import { checkSpace } from './space.ts';
import { SpaceWatch } from './space-watch.ts';

/** Downloads that are under way at a time. */
const WIDTH = 16;

/** What a channel is to become on this host's disk. */
interface Delivery {
  readonly channel: Channel;
  readonly listing: ChannelListing;
  readonly folders: readonly string[];
  readonly files: readonly PlannedFile[];
}

interface PlannedFile {
  readonly channel: Channel;
  readonly bucket: string;
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
    const channels = channelsOf(instance.plan).filter(({ inputMode }) => inputMode === 'File');
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
    const watch = new SpaceWatch(instance.folder.home, sizeOf(missing));
    await inParallel(missing, WIDTH, signal, async (file, _index, stop) => {
      watch.begins(file.object.size);
      // A kill may have left half of it.
      if (journal.resumed) await rm(file.destination, { force: true });
      await downloadFile(file, instance, stop);
      await journal.note(file.number, file.object.size);
      await watch.landed(file.object.size);
    });
  },
};

async function planDelivery(channel: Channel, instance: Instance, signal: AbortSignal): Promise<Delivery> {
  const listing = await listChannel(channel, instance, signal);
  const own = objectsForHost(channel, listing.objects, instance.plan);
  const pathOf = channel.dataType === 'ManifestFile' ? manifestPath : channelPath;
  const { files, folders } = placeObjects(listing.prefix, own, pathOf);
  const folder = dataFolder(channel, instance);
  const { bucket } = listing;
  return {
    channel,
    listing,
    folders,
    files: files.map(({ object, path }) => ({ channel, bucket, object, destination: `${folder}/${path}` })),
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

async function layOut({ channel, folders, listing }: Delivery, instance: Instance): Promise<void> {
  const folder = dataFolder(channel, instance);
  for (const path of folders) await mkdir(join(folder, path), { recursive: true, mode: 0o755 });
  await writeManifest(`${folder}-manifest`, listing);
}

async function downloadFile(
  { channel, bucket, object, destination }: PlannedFile,
  { environment, plan }: Instance,
  signal: AbortSignal,
): Promise<void> {
  const { storage, clock } = environment;
  const where = () => `channel "${channel.name}", object "s3://${bucket}/${object.key}"`;
  const download = async () => {
    try {
      await storage.download({ bucket, ...object }, destination, signal);
    } catch (error) {
      // What a failed download left must not be in the next one's way.
      await rm(destination, { force: true });
      throw error;
    }
  };
  try {
    await withRetries(download, {
      clock,
      signal,
      mayRetry: isTransient,
      onRetry: (error, delay) =>
        environment.log(`${plan.jobName}: ${where()}: ${error}; trying again in ${delay} ms`),
    });
  } catch (error) {
    signal.throwIfAborted();
    throw transferFault(`${DOWNLOAD_FAILED}${where()}`, error);
  }
}

const dataFolder = (channel: Channel, { folder }: Instance) => join(folder.ml, 'input', 'data', channel.name);

const sizeOf = (files: readonly PlannedFile[]) => files.reduce((sum, { object }) => sum + object.size, 0);
