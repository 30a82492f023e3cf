import { createHash } from 'node:crypto';
import { mkdir, readlink, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ObjectFile, ObjectFiles } from '../../objects/object-storage.ts';
import { type Channel, DOWNLOAD_FAILED, downloadFault } from '../channels/channel.ts';
import { objectsForHost } from '../channels/distribution.ts';
import { channelPath, placeObjects } from '../channels/key-mapping.ts';
import type { Instance } from '../hook.ts';
import { bootId, instanceId } from '../instance-folder.ts';
import { removeTree } from '../remove-tree.ts';
import { withRetries } from '../retry.ts';
import { isTransient, transferFault } from '../storage-faults.ts';
import { fastFileRoot } from './fast-file-root.ts';
import { linkObjects } from './link-objects.ts';

/** Objects that are hashed together: a hash of each would cost more than its bytes. */
const HASHED_AT_ONCE = 1000;

/**
 * Makes `link` lead to a folder with this host's objects of a channel, as they are now. The folder is named by what is in it: the first
 * instance that wants it makes it, and others that want just the same take it as it is.
 */
export async function shareFolder(
  channel: Channel,
  files: ObjectFiles,
  link: string,
  instance: Instance,
  signal: AbortSignal,
): Promise<void> {
  const reader = instanceId(instance.plan);
  const objects = await listed(channel, files, instance, signal);
  const name = await nameOf(channel, objects);
  const shown =
    files.folders.take(name, reader) ??
    (await files.folders.make(name, reader, async (folder) => {
      const placement = placeObjects(fastFileRoot(channel.key), objects, channelPath);
      const { copied } = await linkObjects(channel, placement, folder, instance, signal);
      // A copy takes up disk space, and may be of what the store keeps encrypted.
      return { keep: !copied };
    }));
  // An agent before a crash may have made it.
  await removeTree(link);
  await mkdir(dirname(link), { recursive: true, mode: 0o755 });
  await symlink(shown, link);
}

/** Where the folder at `path` really is: in the store, if it is shared. */
export const sharedFolder = (path: string): Promise<string> => readlink(path).catch(() => path);

async function listed(
  channel: Channel,
  files: ObjectFiles,
  { plan, environment: { clock } }: Instance,
  signal: AbortSignal,
): Promise<readonly ObjectFile[]> {
  const where = `channel "${channel.name}"`;
  const list = () => collect(files.list(channel.bucket, fastFileRoot(channel.key)), signal);
  try {
    const objects = await withRetries(list, { clock, signal, mayRetry: isTransient });
    if (objects.length === 0) throw downloadFault(`${where}: no S3 objects are left under "${channel.uri}"`);
    return objectsForHost(channel, objects, plan);
  } catch (error) {
    signal.throwIfAborted();
    throw transferFault(`${DOWNLOAD_FAILED}${where}, ${channel.uri}`, error);
  }
}

async function collect(
  pages: AsyncIterable<readonly ObjectFile[]>,
  signal: AbortSignal,
): Promise<ObjectFile[]> {
  const all: ObjectFile[] = [];
  for await (const page of pages) {
    signal.throwIfAborted();
    for (const object of page) all.push(object);
  }
  return all;
}

/**
 * Names a folder by the objects in it: any change of them is another name. So is a start of the machine, as links and copies are not
 * forced to the disk, and after a power cut what is there may not be whole.
 */
async function nameOf({ bucket, key }: Channel, objects: readonly ObjectFile[]): Promise<string> {
  const hash = createHash('sha256').update(
    JSON.stringify([bootId(), bucket, fastFileRoot(key), objects.length]),
  );
  for (let at = 0; at < objects.length; at += HASHED_AT_ONCE)
    hash.update(
      objects
        .slice(at, at + HASHED_AT_ONCE)
        .map(lineOf)
        .join(''),
    );
  return hash.digest('hex');
}

const lineOf = ({ key, size, etag, lastModified }: ObjectFile) =>
  `${key.length} ${key} ${size} ${etag} ${lastModified.getTime()}\n`;
