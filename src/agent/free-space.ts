import { statfs } from 'node:fs/promises';

/** Less than this, in bytes, and nothing of use can be written any more. */
const NEXT_TO_NOTHING = 1024 * 1024;

export interface FreeSpace {
  readonly bytes: number;
  /** Files that can still be made; infinite where the file system has no limit of its own. */
  readonly files: number;
}

/** What an ordinary user can still write on the file system that holds `path`. */
export async function freeSpace(path: string): Promise<FreeSpace> {
  const { bavail, bsize, files, ffree } = await statfs(path);
  return { bytes: bavail * bsize, files: files === 0 ? Number.POSITIVE_INFINITY : ffree };
}

export function isFull({ bytes, files }: FreeSpace): boolean {
  return bytes < NEXT_TO_NOTHING || files === 0;
}
