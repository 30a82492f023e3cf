import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StandByShell } from '../executors/shell/stand-by-shell.ts';

const shell = new StandByShell();
const FAILED = 1;

/**
 * Removes a folder with all that is in it, also where the algorithm took the rights away that removing takes. `rm` does it beside the
 * server: Node would take several trips for each file, and a disk that is busy would hold up whoever waits for it.
 */
export async function removeTree(path: string): Promise<void> {
  if ((await shell.run(['/bin/rm', '-rf', '--', path]).catch(() => FAILED)) === 0) return;
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
