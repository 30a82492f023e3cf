import { readdirSync, readlinkSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Mount, RuntimeFault } from '../runtime.ts';
import { kindOf } from './private-paths.ts';
import { isWithin, type RootEntry, rootEntry } from './root-options.ts';

/** The most entries that are shown one by one for the sake of a mount point: bubblewrap takes a quarter of a second for them. */
const MOST_ENTRIES = 500;
const MOST_LINKS = 40;
const OF_THE_KERNEL = ['/proc', '/sys', '/dev'];
/** Where the sandbox puts its own, which a mount must not hide. */
const ITS_OWN = ['/opt/ml', '/etc/hosts', '/etc/resolv.conf'];

/** What the mounts of a sandbox are to be made in. */
export interface MountPlace {
  /** The folder with the image's files. */
  readonly root: string;
  /** What is mounted before them, in order: `/opt/ml` for one. */
  readonly before: readonly Mount[];
  /** Folders of the machine that are not seen. */
  readonly hidden: readonly string[];
  /** Further files that the sandbox puts into itself. */
  readonly reserved: readonly string[];
  /** The image itself can be written to, so that mount points can be made anywhere in it. */
  readonly writable?: boolean;
}

export interface MountPoints {
  /** The mounts at their places, links on the way to them followed. */
  readonly mounts: readonly Mount[];
  /** Folders of the image to be shown entry by entry, since a mount point has to be made in them. */
  readonly opened: readonly string[];
}

/**
 * Finds the place of each mount. bubblewrap makes a missing mount point only where it may write: in its own root, and in folders
 * that are mounted to be written to. A folder of the image is read-only, so one that lacks the mount point is opened: made anew
 * in memory, with each of its entries shown in it. Throws a fault of the client's for a target that nothing can be mounted at.
 */
export function mountPoints(mounts: readonly Mount[], place: MountPlace): MountPoints {
  const placed: Mount[] = [];
  const opened = new Set<string>();
  for (const mount of mounts) {
    checkTarget(mount.target, place);
    const point = find(mount.target, { ...place, before: [...place.before, ...placed] });
    if (point.path !== mount.target) checkTarget(point.path, place);
    if (point.opened !== undefined) opened.add(point.opened);
    placed.push({ ...mount, target: point.path });
  }
  checkEffort([...opened], place.root);
  return { mounts: placed, opened: [...opened] };
}

/** Why nothing can be mounted at a target, in one sentence; undefined when it can. */
export function mountPointRefusal(target: string, place: MountPlace): string | undefined {
  try {
    mountPoints([{ source: '/', target, readOnly: false }], place);
    return undefined;
  } catch (fault) {
    if (fault instanceof RuntimeFault) return fault.message;
    throw fault;
  }
}

function checkTarget(target: string, { reserved }: MountPlace): void {
  if (!target.startsWith('/') || posix.normalize(target) !== target || target.includes('\0')) {
    throw refused(target, 'it is not an absolute path in its shortest form');
  }
  const system = OF_THE_KERNEL.find((folder) => isWithin(target, [folder]));
  if (system !== undefined) throw refused(target, `${system} is the kernel's`);
  const inTheWay = [...ITS_OWN, ...reserved].find((path) => target === '/' || isWithin(path, [target]));
  if (inTheWay !== undefined) throw refused(target, `it would hide ${inTheWay}`);
}

interface MountPoint {
  /** Without any link in it. */
  readonly path: string;
  readonly opened?: string;
}

/** Goes down to a path as the sandbox shows it, as far as there is something. */
function find(target: string, place: MountPlace): MountPoint {
  const names = namesIn(target);
  let path = '';
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '..') {
      path = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      continue;
    }
    const next = `${path}/${name}`;
    const entry = lookAt(next, place);
    if (entry.kind === 'nothing') return make(target, path, [name, ...names], place);
    if (entry.kind === 'file') throw refused(target, `${next} is a file`);
    if (entry.kind === 'folder') path = next;
    else {
      if (++links > MOST_LINKS) throw refused(target, 'too many links are on the way to it');
      const link = readlinkSync(entry.source);
      if (link.startsWith('/')) path = '';
      names.unshift(...namesIn(link));
    }
  }
  return { path: path || '/' };
}

/** The mount point that is to be made below the folder `parent`. */
function make(target: string, parent: string, names: readonly string[], place: MountPlace): MountPoint {
  if (names.includes('..'))
    throw refused(target, `a link on the way leads to nothing at ${parent}/${names[0]}`);
  const path = `${parent}/${names.join('/')}`;
  const mount = mountOf(parent, place);
  if (mount?.readOnly) throw refused(target, `${mount.target} is read-only and has no such folder`);
  return mount || lookAt(parent, place).inMemory ? { path } : { path, opened: parent };
}

/** What the sandbox shows at a path, and where that is on the machine. */
function lookAt(path: string, place: MountPlace): RootEntry & { readonly source: string } {
  const mount = mountOf(path, place);
  if (!mount) return { ...entryOf(path, place), source: join(place.root, path) };
  const source = join(mount.source, path.slice(mount.target.length));
  return { kind: path === mount.target ? 'folder' : kindOf(source), inMemory: false, source };
}

function entryOf(path: string, { root, hidden, writable }: MountPlace): RootEntry {
  if (!writable) return rootEntry(root, hidden, path);
  return { kind: path === '' ? 'folder' : kindOf(join(root, path)), inMemory: true };
}

/** The last mount that a path is at or in. */
function mountOf(path: string, { before }: MountPlace): Mount | undefined {
  return before.findLast(({ target }) => isWithin(path, [target]));
}

function checkEffort(opened: readonly string[], root: string): void {
  const folders = new Set(opened.flatMap(withParents));
  let entries = 0;
  for (const folder of folders) entries += readdirSync(join(root, folder)).length;
  if (entries <= MOST_ENTRIES) return;
  throw refused(
    opened.join(', '),
    `the image lacks a folder, and its ${entries} neighbours are too many to be shown one by one: make it in the image`,
  );
}

/** A folder and those it is in, but for the root. */
function withParents(folder: string): string[] {
  return folder === '' ? [] : [folder, ...withParents(folder.slice(0, folder.lastIndexOf('/')))];
}

const namesIn = (path: string) => path.split('/').filter((name) => name !== '' && name !== '.');

function refused(target: string, why: string): RuntimeFault {
  return new RuntimeFault('client', `Nothing can be mounted at ${target}: ${why}.`);
}
