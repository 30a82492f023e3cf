import { constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { READ_ONLY } from '../artifacts/file-bytes.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

/** What was opened is another file than its path says: a link stands on the way to it, or it was moved meanwhile. */
export class LeadsElsewhere extends Error {
  constructor(path: string) {
    super(`a link stands on the way to ${path}`);
    this.name = 'LeadsElsewhere';
  }
}

/**
 * Opens a file of a folder that a running algorithm may change at any moment, to read it. No link is followed, neither in the place
 * of the file nor of a folder on the way to it: it could lead to any file of the machine. `root` is a real path.
 */
export function openInside(root: string, path: string): Promise<FileHandle> {
  return opened(root, path, READ_ONLY);
}

/** Makes an empty file, unless it is there. */
export async function touchInside(root: string, path: string): Promise<void> {
  await inParent(root, path, async (place) => {
    const file = await open(place, O_WRONLY | O_CREAT | O_NOFOLLOW, 0o644);
    await file.close();
  });
}

/** Writes a file so that whoever reads it finds the old or the new content, whole. */
export async function replaceInside(root: string, path: string, content: string): Promise<void> {
  await inParent(root, path, async (place) => {
    const draft = `${place}.draft`;
    await rm(draft, { force: true });
    await writeFile(draft, content, { flag: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o644 });
    await rename(draft, place);
  });
}

/** Removes a file, if it is there. */
export async function removeInside(root: string, path: string): Promise<void> {
  await inParent(root, path, unlink).catch((error) => {
    if (!isGone(error)) throw error;
  });
}

/** Whether an error says that there is no such file, or no such folder on the way to it. */
export const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

async function opened(root: string, path: string, flags: number): Promise<FileHandle> {
  const place = join(root, path);
  const file = await open(place, flags);
  if ((await realPathOf(file, place)) === place) return file;
  await file.close();
  throw new LeadsElsewhere(path);
}

/** Does something with the path of a file whose folder can't be exchanged for another one meanwhile. */
async function inParent(
  root: string,
  path: string,
  work: (place: string) => Promise<unknown>,
): Promise<void> {
  const folder = await opened(root, dirname(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    await work(
      process.platform === 'linux' ? `/proc/self/fd/${folder.fd}/${basename(path)}` : join(root, path),
    );
  } finally {
    await folder.close();
  }
}

/** Where an open file really is. Elsewhere than on Linux only its path tells, which may have changed since. */
function realPathOf(file: FileHandle, place: string): Promise<string> {
  return process.platform === 'linux' ? readlink(`/proc/self/fd/${file.fd}`) : realpath(place);
}
