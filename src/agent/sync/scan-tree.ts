import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isGone } from './inside.ts';

/** Told of what a tree holds. Paths are relative to the tree's root. */
export interface Visitor {
  /** Before the folder is read. */
  folder(path: string): Promise<void>;
  file(path: string, stats: BigIntStats): void;
  /** What S3 can't hold, or what can't be read. */
  other(path: string, what: string): void;
}

/** Files that are looked at at a time. */
const WIDTH = 32;

/** Visits a folder and all below it, following no link. What goes away meanwhile is not there. */
export async function scanTree(root: string, folder: string, visitor: Visitor): Promise<void> {
  await visitor.folder(folder);
  const entries = await read(root, folder, visitor);
  const inFolder = (entry: Dirent) => (folder === '' ? entry.name : `${folder}/${entry.name}`);
  const paths = entries.filter((entry) => !entry.isDirectory()).map(inFolder);
  for (let start = 0; start < paths.length; start += WIDTH) {
    await Promise.all(paths.slice(start, start + WIDTH).map((path) => look(root, path, visitor)));
  }
  for (const entry of entries) {
    if (entry.isDirectory()) await scanTree(root, inFolder(entry), visitor);
  }
}

/** Looks at one path that is not a folder. */
export async function look(root: string, path: string, visitor: Visitor): Promise<void> {
  const stats = await lstatIfThere(root, path).catch((error: NodeJS.ErrnoException) => error);
  if (stats instanceof Error) {
    visitor.other(path, `it can't be looked at (${stats.code})`);
  } else if (!stats) {
    // Names are bytes, which need not be UTF-8, as keys are.
    if (path.includes('\uFFFD')) visitor.other(path, 'its name is not UTF-8');
  } else if (stats.isFile()) visitor.file(path, stats);
  else if (!stats.isDirectory()) visitor.other(path, `it is ${kindOf(stats)}, and S3 has none`);
}

export async function lstatIfThere(root: string, path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(join(root, path), { bigint: true });
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

async function read(root: string, folder: string, visitor: Visitor): Promise<readonly Dirent[]> {
  try {
    return await readdir(join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (!isGone(error)) visitor.other(folder, `it can't be read (${(error as NodeJS.ErrnoException).code})`);
    return [];
  }
}

function kindOf(stats: BigIntStats): string {
  if (stats.isSymbolicLink()) return 'a link';
  if (stats.isSocket()) return 'a socket';
  return stats.isFIFO() ? 'a FIFO' : 'a device';
}
