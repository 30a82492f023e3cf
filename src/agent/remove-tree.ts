import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RemovalThread } from './removal-thread.ts';

const removals = new RemovalThread();

/** Removes a folder with all that is in it, also where the algorithm took the rights away that removing takes. */
export async function removeTree(path: string): Promise<void> {
  if (await removals.remove(path)) return;
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')))
      throw error;
    await takeFoldersBack(path);
    await rm(path, { recursive: true, force: true });
  }
}

async function takeFoldersBack(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await takeFoldersBack(join(folder, entry.name));
  }
}
