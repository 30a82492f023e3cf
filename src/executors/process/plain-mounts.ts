import { lstat, mkdir, readlink, rmdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Mount } from '../runtime.ts';

const ML = '/opt/ml/';

/** Why an algorithm without a sandbox can't be shown a mount; undefined when it can, by a link in its `/opt/ml`. */
export function plainMountRefusal({
  target,
  readOnly,
}: Pick<Mount, 'target' | 'readOnly'>): string | undefined {
  if (!target.startsWith(ML)) return `nothing can be shown at ${target}, outside of /opt/ml`;
  return readOnly ? `nothing can be shown read-only (${target})` : undefined;
}

/** Puts links in the place of folders that are mounted. Doing it again changes nothing. */
export async function linkMounts(mounts: readonly Mount[], mlRoot: string): Promise<void> {
  for (const { source, target } of mounts) {
    const path = join(mlRoot, target.slice(ML.length));
    if ((await readlink(path).catch(() => undefined)) === source) continue;
    await mkdir(dirname(path), { recursive: true });
    // What the agent laid out there is an empty folder.
    if ((await lstat(path).catch(() => undefined))?.isDirectory()) await rmdir(path);
    await symlink(source, path);
  }
}
