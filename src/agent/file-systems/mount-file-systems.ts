import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mount } from '../../executors/runtime.ts';
import { channelRequestsOf, downloadFault } from '../channels/channel.ts';
import type { CompanionHook } from '../companion.ts';
import type { Hook, Instance } from '../hook.ts';
import { sharedFolder, UnusableFileSystem } from './file-systems.ts';

/**
 * Finds the folders of the channels that are in file systems, and remembers them: an algorithm that is found again after a crash has
 * them, whatever became of the settings and the folders meanwhile.
 */
export const findFileSystems: Hook = {
  name: 'find file systems',
  async run(instance) {
    const mounts = await findMounts(instance);
    if (mounts.length > 0) await writeFile(mountsFile(instance), JSON.stringify(mounts));
  },
};

/** Shows those folders at `/opt/ml/input/data/<channel>` (training contract §2.8). */
export const mountFileSystems: CompanionHook = {
  name: 'mount file systems',
  async start(instance) {
    if (!channelRequestsOf(instance.plan).some((channel) => channel.DataSource.FileSystemDataSource))
      return undefined;
    const mounts = JSON.parse(await readFile(mountsFile(instance), 'utf8')) as readonly Mount[];
    return { mounts, async finish() {}, abandon() {} };
  },
};

const mountsFile = ({ folder }: Instance) => join(folder.state, 'file-systems.json');

async function findMounts({ plan, environment }: Instance): Promise<Mount[]> {
  const mounts: Mount[] = [];
  for (const { ChannelName: name, DataSource } of channelRequestsOf(plan)) {
    const source = DataSource.FileSystemDataSource;
    if (!source) continue;
    const folder = await sharedFolder(environment.fileSystems ?? {}, source).catch((error) => {
      // It could be used when the job was created.
      if (error instanceof UnusableFileSystem) throw downloadFault(`channel "${name}": ${error.message}`);
      throw error;
    });
    const readOnly = source.FileSystemAccessMode === 'ro';
    mounts.push({ source: folder, target: `/opt/ml/input/data/${name}`, readOnly });
  }
  return mounts;
}
