import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instance } from '../hook.ts';
import { ordinaryFolder } from '../instance-folder.ts';
import { FolderSync } from './folder-sync.ts';
import { PATIENCE } from './sync-options.ts';
import { type SyncedFolder, syncedFolders } from './synced-folders.ts';

/** A synced folder, and what keeps it in S3. */
export interface OpenSync {
  readonly folder: SyncedFolder;
  readonly sync: FolderSync;
}

/** Where it stands what of a folder is in S3. */
export const journalOf = ({ name }: SyncedFolder, { folder }: Instance): string =>
  join(folder.state, `${name}.synced`);

/** The synced folders of an instance, those that are open already among them; none for a job that has no use for them. */
export function openSyncs(instance: Instance, already: readonly OpenSync[]): Promise<readonly OpenSync[]> {
  return Promise.all(
    syncedFolders(instance).map(
      async (folder) =>
        already.find((each) => each.folder.name === folder.name) ?? {
          folder,
          sync: await open(folder, instance),
        },
    ),
  );
}

async function open(folder: SyncedFolder, instance: Instance): Promise<FolderSync> {
  const { environment, plan } = instance;
  const base = await realpath(folder.base);
  return FolderSync.open({
    root: join(base, ...folder.names),
    isThere: async () => (await ordinaryFolder(base, ...folder.names)) !== undefined,
    shownAs: folder.shownAs,
    bucket: folder.bucket,
    prefix: folder.prefix,
    storage: environment.storage,
    journal: journalOf(folder, instance),
    settling: folder.settling,
    patience: { ...PATIENCE, ...(environment.flushPatience && { flush: environment.flushPatience }) },
    say: (line) => instance.say(line),
    log: (line) => environment.log(`${plan.jobName}: ${line}`),
  });
}
