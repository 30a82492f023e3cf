import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mount } from '../../executors/runtime.ts';
import { JobFault } from '../../training/fault.ts';
import { type Channel, channelsOf } from '../channels/channel.ts';
import type { CompanionHook } from '../companion.ts';
import type { Hook, Instance } from '../hook.ts';
import { instanceId } from '../instance-folder.ts';
import { causeOf } from '../storage-faults.ts';
import { fastFileRoot } from './fast-file-root.ts';
import { sharedFolder, shareFolder } from './share-folder.ts';

/**
 * Makes a folder for each FastFile channel that has its objects as files without bringing their bytes in (training contract §2.7):
 * with the embedded store its own files, with another S3 a mount of it.
 */
export const showFastFiles: Hook = {
  name: 'show FastFile channels',
  async run(instance, signal) {
    for (const channel of fastFileChannelsOf(instance)) await show(channel, instance, signal);
  },
};

/** Lets the algorithm see those folders, read-only: it must never be able to change the store's files. */
export const mountFastFiles: CompanionHook = {
  name: 'mount FastFile channels',
  async start(instance) {
    const mounts: Mount[] = [];
    for (const channel of fastFileChannelsOf(instance)) {
      const source = await sharedFolder(folderOf(channel, instance));
      mounts.push({ source, target: `/opt/ml/input/data/${channel.name}`, readOnly: true });
    }
    return mounts.length === 0 ? undefined : { mounts, async finish() {}, abandon() {} };
  },
  /** Ends the mounts, so that the folders are ordinary ones and can be removed; what is shared is left to others. */
  async release(instance) {
    const { mounter, storage } = instance.environment;
    const channels = fastFileChannelsOf(instance);
    for (const channel of channels) await mounter?.unmount(folderOf(channel, instance));
    if (channels.length > 0) storage.files?.folders.letGo(instanceId(instance.plan));
  },
};

const fastFileChannelsOf = ({ plan }: Instance): Channel[] =>
  channelsOf(plan).filter(({ inputMode }) => inputMode === 'FastFile');

/** Out of `/opt/ml`, which the algorithm can write to. */
const folderOf = (channel: Channel, { folder }: Instance) => join(folder.home, 'fast-file', channel.name);

async function show(channel: Channel, instance: Instance, signal: AbortSignal): Promise<void> {
  const { storage, mounter } = instance.environment;
  const target = folderOf(channel, instance);
  if (storage.files) return shareFolder(channel, storage.files, target, instance, signal);
  const where = `the FastFile channel "${channel.name}"`;
  if (!mounter) throw new JobFault('InternalServerError', `nothing here can mount ${where}`);
  const source = { bucket: channel.bucket, key: fastFileRoot(channel.key) };
  const folder = join(instance.folder.home, 'fast-file-mounts', channel.name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await mounter.mount(source, { target, folder }, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw new JobFault('InternalServerError', `${where} could not be mounted: ${causeOf(error)}`);
  }
}
