import { downloadFault } from './channel.ts';

/** The longest name of a file, in bytes, that file systems take. */
const LONGEST_NAME = 255;

/** The path of a key below the folder of a channel whose keys share a prefix. */
export type PathOf = (prefix: string, key: string) => string;

export interface PlacedObject<T> {
  readonly object: T;
  /** Relative to the channel's folder: names with a `/` between them. */
  readonly path: string;
}

export interface Placement<T> {
  readonly files: readonly PlacedObject<T>[];
  /** All folders that are needed below the channel's, each after the one it is in. */
  readonly folders: readonly string[];
}

/**
 * Where in a channel's folder the objects of a prefix go. Throws a ClientError that names the key when one can't be a file there:
 * no path leads out of the folder, and no two keys share a path.
 */
export function placeObjects<T extends { readonly key: string; readonly size: number }>(
  prefix: string,
  objects: readonly T[],
  pathOf: PathOf = channelPath,
): Placement<T> {
  const files = new Map<string, PlacedObject<T>>();
  const folders = new Map<string, string>();
  for (const object of objects) {
    const path = pathOf(prefix, object.key);
    if (object.key.endsWith('/')) {
      if (object.size > 0)
        throw downloadFault(`the S3 key "${object.key}" names a folder, but the object has content`);
      addFolders(folders, path, object.key);
      continue;
    }
    const other = files.get(path);
    if (other)
      throw downloadFault(`the S3 keys "${other.object.key}" and "${object.key}" would be the same file`);
    files.set(path, { object, path });
    addFolders(folders, path.slice(0, Math.max(0, path.lastIndexOf('/'))), object.key);
  }
  for (const [path, { object }] of files) {
    const inside = folders.get(path);
    if (inside !== undefined) {
      throw downloadFault(
        `the S3 keys "${object.key}" and "${inside}" can't be beside each other: "${path}" would be both a file and a folder`,
      );
    }
  }
  return { files: [...files.values()], folders: [...folders.keys()] };
}

/**
 * The path of a key below the channel's folder (training contract §2.1); empty for the folder itself. The prefix is a string, not a
 * folder: where it names a folder without its slash, that folder is left out of the path, else only the folders before its last
 * slash. Slashes in a row count as one, as a file system takes them.
 */
export const channelPath: PathOf = (prefix, key) => safePath(key, lengthOfFolderPart(prefix, key));

/** The path of a key that a manifest names: what the manifest says after its prefix (training contract §2.2). */
export const manifestPath: PathOf = (prefix, key) => safePath(key, prefix.length);

/** What of a key is after its first `cut` characters, as a path that leads nowhere but down. */
function safePath(key: string, cut: number): string {
  const names = key
    .slice(cut)
    .split('/')
    .filter((name) => name !== '');
  for (const name of names) {
    if (name === '.' || name === '..' || name.includes('\0')) {
      throw downloadFault(`the S3 key ${JSON.stringify(key)} can't be the path of a file`);
    }
    if (Buffer.byteLength(name) > LONGEST_NAME) {
      throw downloadFault(`the S3 key "${key}" has a name of more than ${LONGEST_NAME} bytes`);
    }
  }
  return names.join('/');
}

function lengthOfFolderPart(prefix: string, key: string): number {
  const isFolder = prefix !== '' && !prefix.endsWith('/') && key.startsWith(`${prefix}/`);
  return isFolder ? prefix.length + 1 : prefix.lastIndexOf('/') + 1;
}

/** Notes a folder and those it is in, outermost first, each with a key that needs it. */
function addFolders(folders: Map<string, string>, path: string, key: string): void {
  if (path === '' || folders.has(path)) return;
  addFolders(folders, path.slice(0, Math.max(0, path.lastIndexOf('/'))), key);
  folders.set(path, key);
}
