import { execFile } from 'node:child_process';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileBytes } from '../../agent/artifacts/file-bytes.ts';
import type { TreeEntry } from '../../agent/artifacts/folder-tree.ts';
import { CommandFailed } from '../command.ts';
import { bytes } from '../screen/text.ts';

/** Code is small: what is larger is data, and belongs into a channel. */
export const MOST_CODE_BYTES = 256e6;
const LARGEST_SHOWN = 3;
const LISTING_BYTES = 256 * 2 ** 20;

/** The folder below the working one that models are brought to: it is no code. */
export const OUTPUT_FOLDER = 'trainyard-output';

/** What of a folder is code: all that git does not ignore, or all of it where git has no say. Without `.git` and our own output. */
export async function sourceOf(folder: string): Promise<TreeEntry[]> {
  const names = (await namesByGit(folder)) ?? (await namesBelow(folder, ''));
  const entries: TreeEntry[] = [];
  for (const name of names) entries.push(...(await entriesOf(folder, name)));
  checkSize(entries);
  return entries;
}

/** Relative names; undefined where git is missing or the folder belongs to no repository. */
async function namesByGit(folder: string): Promise<string[] | undefined> {
  const words = ['-C', folder, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  try {
    const { stdout } = await promisify(execFile)('git', words, { maxBuffer: LISTING_BYTES });
    return [...new Set(stdout.split('\0'))].filter((name) => name !== '' && !isOutput(name)).sort();
  } catch {
    return undefined;
  }
}

async function namesBelow(folder: string, prefix: string): Promise<string[]> {
  const names: string[] = [];
  const found = await readdir(join(folder, prefix), { withFileTypes: true });
  for (const entry of found.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = `${prefix}${entry.name}`;
    if (entry.name === '.git' || isOutput(name)) continue;
    if (entry.isDirectory()) names.push(...(await namesBelow(folder, `${name}/`)));
    else names.push(name);
  }
  return names;
}

const isOutput = (name: string): boolean => name === OUTPUT_FOLDER || name.startsWith(`${OUTPUT_FOLDER}/`);

/** One entry; all of a folder, as git names a submodule; none where git still names what was removed. */
async function entriesOf(folder: string, name: string): Promise<TreeEntry[]> {
  const path = join(folder, name);
  const stats = await lstat(path).catch(() => undefined);
  if (!stats) return [];
  if (stats.isDirectory()) {
    const inner = await namesBelow(folder, `${name.replace(/\/$/, '')}/`);
    return (await Promise.all(inner.map((each) => entriesOf(folder, each)))).flat();
  }
  const read: TreeEntry['read'] = (onChange) => fileBytes({ path: Buffer.from(path), stats }, onChange);
  if (stats.isSymbolicLink()) return [{ kind: 'symlink', name, stats, read, target: await readlink(path) }];
  if (!stats.isFile())
    throw new CommandFailed(`${path} is neither a file, a folder nor a link: it can't be sent as code.`);
  return [{ kind: 'file', name, stats, read }];
}

export const sourceSize = (entries: readonly TreeEntry[]): number =>
  entries.reduce((sum, { kind, stats }) => sum + (kind === 'file' ? stats.size : 0), 0);

function checkSize(entries: readonly TreeEntry[]): void {
  const total = sourceSize(entries);
  if (total <= MOST_CODE_BYTES) return;
  const largest = [...entries]
    .sort((a, b) => b.stats.size - a.stats.size)
    .slice(0, LARGEST_SHOWN)
    .map(({ name, stats }) => `${name} (${bytes(stats.size)})`);
  throw new CommandFailed(
    `the working folder has ${bytes(total)} of code, and ${bytes(MOST_CODE_BYTES)} are sent at most. The largest: ` +
      `${largest.join(', ')}. Name what is no code in .gitignore, or bring data by --channel.`,
  );
}
