import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { RuntimeFault } from '../runtime.ts';
import { withoutLinks } from './images/in-root.ts';
import { kindOf, type PathKind, socketPaths } from './private-paths.ts';
import { realPath } from './real-path.ts';

/** What a sandbox makes itself, or shows only in part. */
const OWN = new Set(['dev', 'proc', 'sys', 'tmp', 'run', 'opt', 'root']);
/** Folders of this machine that no job sees, besides those that the configuration names. */
const HOST_HIDDEN = new Set(['home', 'mnt', 'media', 'srv', 'boot', 'lost+found']);
/** The same further down: what the machine's services keep for themselves, in files that come and go. */
const HOST_HIDDEN_BELOW = ['/var/log', '/var/spool'];
/** Folders that a sandbox makes, in which what the image has is shown; and those that are empty, whatever the image has. */
const MADE = ['', '/opt', '/root'];
const MADE_EMPTY = ['/tmp', '/run', '/var/tmp'];

/**
 * The options of bubblewrap that make a sandbox's root, in the order in which they are to come. It reads the table of all mounts for
 * each folder and file that it shows, but for none that it makes: so it makes what it can when the others stand.
 */
export interface RootOptions {
  /** What all others are mounted in. */
  readonly base: readonly string[];
  readonly shown: readonly string[];
  /** What is made in memory, also over what is shown. */
  readonly made: readonly string[];
}

/** A sandbox's root is in memory, and so are the folders in it that a program may write to. */
const SCRATCH = [
  ['--perms', '1777', '--tmpfs', '/tmp'],
  ['--tmpfs', '/run'],
  ['--perms', '0700', '--tmpfs', '/root'],
].flat();
/** Were bubblewrap to make it for what is shown in it, it would be root's alone. */
const OPT = ['--dir', '/opt'];

/**
 * The options of bubblewrap that show a folder with an unpacked image: all of it, read-only, with fresh `/tmp` and `/run`, and a
 * `/root` to write to. The folders in `opened` are made in memory with their entries in them, so that more can be made there.
 */
export function imageRoot(root: string, opened: readonly string[] = []): RootOptions {
  const inside = (folder: string) => namesInFolder(join(root, folder)).map((name) => `${folder}/${name}`);
  const shown = [
    ...inside('').filter((path) => !OWN.has(path.slice(1))),
    ...inside('/opt').filter((path) => path !== '/opt/ml'),
    ...inside('/root'),
  ];
  return {
    base: [...SCRATCH, ...OPT],
    shown: shown.flatMap((path) => show(join(root, path), path, opened)),
    made: scratchInVar(root),
  };
}

/**
 * The same for this machine: its programs and libraries, read-only, and nothing that is somebody's own. `hidden` are folders
 * and `privatePaths` files and folders that must not be seen, wherever they are.
 */
export function hostRoot(
  hidden: readonly string[],
  privatePaths: readonly string[],
  opened: readonly string[] = [],
): RootOptions {
  const inside = (folder: string) => names(folder || '/').map((name) => `${folder}/${name}`);
  const shown = [
    ...inside('').filter((path) => !OWN.has(path.slice(1)) && !HOST_HIDDEN.has(path.slice(1))),
    ...inside('/opt').filter((path) => path !== '/opt/ml'),
  ].filter((path) => isForEverybody(path) && !isWithin(path, hidden));

  const closed = outermost([...HOST_HIDDEN_BELOW, ...hidden]).filter((path) => isWithin(path, shown));
  const secret = outermost([...privatePaths, ...socketPaths()])
    .filter((path) => isWithin(path, shown) && !isWithin(path, [...closed, '/var/tmp']))
    .filter((path) => realPath(path) === path);
  const covered = Object.groupBy([...closed, ...secret], kindOf);
  return {
    base: OPT,
    shown: [
      ...shown.flatMap((path) => show(path, path, opened)),
      ...(covered.file ?? []).flatMap((path) => ['--ro-bind', '/dev/null', path]),
    ],
    made: [...SCRATCH, ...scratchInVar('/'), ...(covered.folder ?? []).flatMap((path) => ['--tmpfs', path])],
  };
}

/**
 * The same for an image that can be written to: all of it, with what the kernel shows over it. Throws a fault of the client's
 * where the image has a link in their place, which could lead out of it.
 */
export function privateRoot(merged: string, root: string): RootOptions {
  for (const path of ['/proc', '/sys', '/dev', '/opt/ml']) {
    if (withoutLinks(root, path) === path) continue;
    throw new RuntimeFault('client', `The image has a link in the place of ${path}.`);
  }
  const scratch = kindOf(join(root, 'tmp')) === 'nothing' ? ['--perms', '1777', '--dir', '/tmp'] : [];
  return { base: ['--bind', merged, '/'], shown: [], made: scratch };
}

function scratchInVar(root: string): readonly string[] {
  const isOrdinary = withoutLinks(root, '/var/tmp') === '/var/tmp';
  return isOrdinary && kindOf(join(root, 'var/tmp')) === 'folder'
    ? ['--perms', '1777', '--tmpfs', '/var/tmp']
    : [];
}

/** Shows one entry of a folder: a link as a link, anything else read-only. */
function show(source: string, target: string, opened: readonly string[]): readonly string[] {
  const kind = kindOf(source);
  if (kind === 'link') return ['--symlink', readlinkSync(source), target];
  if (kind !== 'folder' || !opened.some((path) => isWithin(path, [target])))
    return ['--ro-bind-try', source, target];
  return [
    ...['--perms', '0755', '--dir', target],
    ...names(source).flatMap((name) => show(join(source, name), `${target}/${name}`, opened)),
  ];
}

/** What a sandbox shows at a path, and whether it is a folder in memory, in which more can be made. */
export interface RootEntry {
  readonly kind: PathKind;
  readonly inMemory: boolean;
}

/** What the options above show of an image, with no link on the way to the path. The root itself is the empty path. */
export function rootEntry(root: string, hidden: readonly string[], path: string): RootEntry {
  const kind = kindOf(join(root, path));
  if (MADE.includes(path)) return { kind: 'folder', inMemory: true };
  if (isWithin(path, MADE_EMPTY)) {
    const isMade = MADE_EMPTY.includes(path) && (path !== '/var/tmp' || kind === 'folder');
    return isMade ? { kind: 'folder', inMemory: true } : NOTHING;
  }
  if (root !== '/') return { kind, inMemory: false };
  if (!isShownOfHost(path)) return NOTHING;
  const closed = [...HOST_HIDDEN_BELOW, ...hidden];
  if (!isWithin(path, closed)) return { kind, inMemory: false };
  return closed.includes(path) && kind === 'folder' ? { kind, inMemory: true } : NOTHING;
}

const NOTHING: RootEntry = { kind: 'nothing', inMemory: false };

function isShownOfHost(path: string): boolean {
  const [top = '', below] = path.slice(1).split('/');
  if (top === 'root' || HOST_HIDDEN.has(top)) return false;
  return isForEverybody(top === 'opt' ? `/opt/${below}` : `/${top}`);
}

/** As root we could read what others can't; the sandbox must not. */
function isForEverybody(path: string): boolean {
  try {
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) return true;
    return (stat.mode & (stat.isDirectory() ? 0o001 : 0o004)) !== 0;
  } catch {
    return false;
  }
}

export function isWithin(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** The paths that are below none of the others, each once. */
export function outermost(paths: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (const path of [...new Set(paths)].sort()) {
    if (!isWithin(path, kept)) kept.push(path);
  }
  return kept;
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** Those in a folder, not in one that a link leads to: the link may lead out of the image. */
const namesInFolder = (folder: string): readonly string[] =>
  kindOf(folder) === 'folder' ? names(folder) : [];
