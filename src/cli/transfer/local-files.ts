import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CommandFailed } from '../command.ts';

/** A file that is to be sent. */
export interface LocalFile {
  readonly path: string;
  /** Relative to what was named, with `/` between names. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** The files of a folder, in order of their names. Links to files are followed; what is neither file nor folder is refused by name. */
export async function filesIn(folder: string): Promise<LocalFile[]> {
  const files: LocalFile[] = [];
  await gather(folder, '', files);
  return files;
}

async function gather(folder: string, prefix: string, into: LocalFile[]): Promise<void> {
  const entries = await readdir(join(folder, prefix), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const name = `${prefix}${entry.name}`;
    const path = join(folder, name);
    if (entry.isDirectory()) {
      await gather(folder, `${name}/`, into);
      continue;
    }
    const found = await stat(path);
    if (!found.isFile())
      throw new CommandFailed(
        `${path} is neither a file nor a folder of its own, and can't be stored as an object.`,
      );
    into.push({ path, name, size: found.size });
  }
}

/** A file, or all files of a folder. */
export async function filesAt(
  path: string,
): Promise<{ readonly isFolder: boolean; readonly files: readonly LocalFile[] }> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new CommandFailed(`there is no file or folder ${path}.`);
  if (found.isDirectory()) return { isFolder: true, files: await filesIn(path) };
  return { isFolder: false, files: [{ path, name: basename(path), size: found.size }] };
}

export const totalSize = (files: readonly { readonly size: number }[]): number =>
  files.reduce((sum, { size }) => sum + size, 0);
