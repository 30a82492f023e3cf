import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** So many entries are removed at once, in a few milliseconds. */
const FEW = 200;

/** Removes a folder with all that is in it, also where the algorithm took the rights away that removing takes. */
export async function removeTree(path: string): Promise<void> {
  if (removeFew(path)) return;
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

/**
 * Removes a folder that has few entries, as that of a job mostly is, without a trip to Node's threads for each. False: something is left,
 * or is in the way.
 */
function removeFew(path: string): boolean {
  let left = FEW;
  const empty = (folder: string): boolean => {
    const entries = readdirSync(folder, { withFileTypes: true });
    left -= entries.length;
    if (left < 0) return false;
    for (const entry of entries) {
      const inside = join(folder, entry.name);
      if (!entry.isDirectory()) unlinkSync(inside);
      else if (!empty(inside)) return false;
    }
    rmdirSync(folder);
    return true;
  };
  try {
    // What a link leads to is not ours.
    return lstatSync(path).isDirectory() && empty(path);
  } catch {
    return false;
  }
}
