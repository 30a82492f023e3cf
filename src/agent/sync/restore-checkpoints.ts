import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectSummary } from '../../objects/object-storage.ts';
import { abortable } from '../abortable.ts';
import { DOWNLOAD_FAILED } from '../channels/channel.ts';
import { type PlacedObject, placeObjects } from '../channels/key-mapping.ts';
import { writeManifest } from '../channels/manifest.ts';
import { checkSpace } from '../channels/space.ts';
import { SpaceWatch } from '../channels/space-watch.ts';
import { freeSpace } from '../free-space.ts';
import type { Hook, Instance } from '../hook.ts';
import { inParallel } from '../in-parallel.ts';
import { withRetries } from '../retry.ts';
import { isTransient, transferFault } from '../storage-faults.ts';
import { journalOf } from './open-syncs.ts';
import { signatureOf } from './signature.ts';
import { SyncJournal } from './sync-journal.ts';
import { pathOf, type SyncedFolder, syncedFolders } from './synced-folders.ts';

/** Downloads that are under way at a time. */
const WIDTH = 16;

/** Makes the synced folders, and brings back the checkpoints that S3 has (training contract §3.4). */
export const restoreCheckpoints: Hook = {
  name: 'restore checkpoints',
  async run(instance, signal) {
    for (const folder of syncedFolders(instance)) {
      await mkdir(pathOf(folder), { recursive: true, mode: 0o755 });
      if (folder.name === 'checkpoints') await restore(folder, instance, signal);
    }
  },
};

async function restore(folder: SyncedFolder, instance: Instance, signal: AbortSignal): Promise<void> {
  const { bucket, prefix } = folder;
  const objects = await list(folder, instance, signal);
  const { files, folders } = placeObjects(prefix, objects);
  const journal = await SyncJournal.open(journalOf(folder, instance));
  try {
    const missing = await missingFiles(folder, files, journal);
    await checkRoom(files, missing, instance);
    for (const path of folders) await mkdir(join(pathOf(folder), path), { recursive: true, mode: 0o755 });
    const watch = new SpaceWatch(instance.folder.home, sizeOf(missing));
    await inParallel(missing, WIDTH, signal, async (file, _index, stop) => {
      watch.begins(file.object.size);
      await download(folder, file, instance, stop);
      await note(folder, file, journal);
      await watch.landed(file.object.size);
    });
  } finally {
    await journal.close();
  }
  const manifest = join(instance.folder.ml, 'input', 'data', 'checkpoints-manifest');
  await writeManifest(manifest, { bucket, prefix, objects });
}

async function list(
  { bucket, prefix }: SyncedFolder,
  { environment: { storage, clock } }: Instance,
  signal: AbortSignal,
): Promise<readonly ObjectSummary[]> {
  const all = async () => {
    const objects: ObjectSummary[] = [];
    for await (const object of storage.list(bucket, prefix)) {
      signal.throwIfAborted();
      objects.push(object);
    }
    return objects;
  };
  try {
    return await withRetries(() => abortable(all(), signal), { clock, signal, mayRetry: isTransient });
  } catch (error) {
    signal.throwIfAborted();
    throw transferFault(`${DOWNLOAD_FAILED}checkpoints, s3://${bucket}/${prefix}`, error);
  }
}

/**
 * What is still to be downloaded. Of what an agent before a crash left, files that are whole stay; all else goes, for nobody knows
 * what it is, and it would be taken for the algorithm's own.
 */
async function missingFiles(
  folder: SyncedFolder,
  files: readonly PlacedObject<ObjectSummary>[],
  journal: SyncJournal,
): Promise<readonly PlacedObject<ObjectSummary>[]> {
  if (!journal.resumed) return files;
  const whole = new Set<string>();
  for (const { path, object } of files) {
    const stored = journal.stored.get(path);
    const stats = await lstat(join(pathOf(folder), path), { bigint: true }).catch(() => undefined);
    if (stored && stats && stored.etag === object.etag && stored.signature === signatureOf(stats))
      whole.add(path);
  }
  for (const entry of await readdir(pathOf(folder), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isDirectory() && !whole.has(path.slice(pathOf(folder).length + 1))) await rm(path);
  }
  for (const path of [...journal.stored.keys()]) if (!whole.has(path)) await journal.forget(path);
  return files.filter(({ path }) => !whole.has(path));
}

async function checkRoom(
  files: readonly PlacedObject<ObjectSummary>[],
  missing: readonly PlacedObject<ObjectSummary>[],
  { folder, plan }: Instance,
): Promise<void> {
  const { bytes } = await freeSpace(folder.home);
  const need = { channel: 'checkpoints', total: sizeOf(files), missing: sizeOf(missing) };
  checkSpace([need], bytes, plan.request.ResourceConfig?.VolumeSizeInGB ?? 0);
}

async function download(
  folder: SyncedFolder,
  { object, path }: PlacedObject<ObjectSummary>,
  { environment: { storage, clock } }: Instance,
  signal: AbortSignal,
): Promise<void> {
  const { bucket } = folder;
  const destination = join(pathOf(folder), path);
  const bring = () =>
    storage.download({ bucket, ...object }, destination, signal).catch(async (error) => {
      // What a failed download left must not be in the next one's way.
      await rm(destination, { force: true });
      throw error;
    });
  try {
    await withRetries(bring, { clock, signal, mayRetry: isTransient });
  } catch (error) {
    signal.throwIfAborted();
    throw transferFault(`${DOWNLOAD_FAILED}checkpoint "s3://${bucket}/${object.key}"`, error);
  }
}

async function note(
  folder: SyncedFolder,
  { object, path }: PlacedObject<ObjectSummary>,
  journal: SyncJournal,
): Promise<void> {
  const stats = await lstat(join(pathOf(folder), path), { bigint: true });
  await journal.note(path, { key: object.key, signature: signatureOf(stats), etag: object.etag });
}

const sizeOf = (files: readonly PlacedObject<ObjectSummary>[]) =>
  files.reduce((sum, { object }) => sum + object.size, 0);
