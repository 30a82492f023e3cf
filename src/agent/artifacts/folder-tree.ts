import type { Stats } from 'node:fs';
import { lstat, open, readdir, readlink } from 'node:fs/promises';
import { posix } from 'node:path';
import { fileBytes, READ_ONLY } from './file-bytes.ts';

/** One file, folder or symbolic link that the algorithm left. */
export interface TreeEntry {
  readonly kind: 'file' | 'directory' | 'symlink';
  /** Relative to the tree's root, `/` between names. */
  readonly name: string;
  readonly stats: Stats;
  /** A file's bytes, as many as `stats` announces, whatever has become of it; `onChange` is told then. */
  read(onChange: (change: string) => void): AsyncGenerator<Uint8Array>;
  /** Where a symbolic link leads to, as it was made. */
  readonly target?: string;
}

export interface FolderTree {
  /** In the order of their names, each folder before what it holds. */
  readonly entries: readonly TreeEntry[];
  /** What was left out or kept with a caveat, a line each. */
  readonly remarks: readonly string[];
  /** Files and folders that may not be read. */
  readonly unreadable: number;
}

/**
 * What a folder holds. Links are never followed. Sockets, FIFOs and devices are left out, as is what may not be read, each with a
 * remark. `shownAs` is the folder's path in the algorithm's eyes.
 */
export async function readFolderTree(root: string, shownAs: string): Promise<FolderTree> {
  const entries: TreeEntry[] = [];
  const remarks: string[] = [];
  let unreadable = 0;

  async function readFolder(path: Buffer, prefix: string): Promise<void> {
    const names = await readdir(path, { encoding: 'buffer' });
    for (const bytes of names.sort(Buffer.compare)) {
      const name = prefix + textOf(bytes, shownAs, remarks);
      await ifReadable(name, () => readEntry(Buffer.concat([path, Buffer.from('/'), bytes]), name));
    }
  }

  async function readEntry(path: Buffer, name: string): Promise<void> {
    const stats = await lstat(path);
    const read = (onChange: (change: string) => void) => fileBytes({ path, stats }, onChange);
    if (stats.isSymbolicLink()) {
      const target = await readlink(path);
      if (!leadsInside(target, `${shownAs}/${name}`, shownAs)) {
        remarks.push(`${shownAs}/${name} is a link to ${target}, which is not in the artifact`);
      }
      entries.push({ kind: 'symlink', name, stats, read, target });
    } else if (stats.isDirectory()) {
      entries.push({ kind: 'directory', name, stats, read });
      await readFolder(path, `${name}/`);
    } else if (stats.isFile()) {
      await (await open(path, READ_ONLY)).close();
      entries.push({ kind: 'file', name, stats, read });
    } else {
      remarks.push(`${shownAs}/${name} was left out: it is ${kindOf(stats)}`);
    }
  }

  async function ifReadable(name: string, read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      unreadable += 1;
      remarks.push(`${posix.join(shownAs, name)} was left out: it can't be read (${error.code})`);
    }
  }

  await ifReadable('', () => readFolder(Buffer.from(root), ''));
  return { entries, remarks, unreadable };
}

function isRefusal(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');
}

/** A name as text. Bytes that are not UTF-8 are written out, for archives and S3 keys have no way to hold them. */
function textOf(bytes: Buffer, shownAs: string, remarks: string[]): string {
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes)) return text;
  const written = bytes
    .toString('latin1')
    .replace(/[\u0080-\u00ff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  remarks.push(`a name below ${shownAs} is not UTF-8: it was stored as ${written}`);
  return written;
}

function leadsInside(target: string, link: string, root: string): boolean {
  const path = posix.resolve(posix.dirname(link), target);
  return path === root || path.startsWith(`${root}/`);
}

function kindOf(stats: Stats): string {
  if (stats.isSocket()) return 'a socket';
  if (stats.isFIFO()) return 'a FIFO';
  return 'a device';
}
