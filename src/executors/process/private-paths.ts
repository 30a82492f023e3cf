import { execFile } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';
import { RuntimeFault } from '../runtime.ts';

/** Where a machine keeps what is not for everybody's eyes. Homes, runtime folders and the like are hidden as a whole. */
const SEARCHED = ['/etc', '/var', '/usr/local/etc'] as const;

/** New secrets are rare: a list this old is still used, while the next one is being made. */
const FRESH_MS = 5 * 60_000;

/**
 * The files and folders under `/etc` and `/var` that belong to whoever runs the server and are not for everybody: password
 * hashes, host keys, spools. A sandbox that runs as the same user could read them, so they are covered in it. Finding them
 * takes too long to do at each start.
 */
export class PrivatePaths {
  readonly #excluded: readonly string[];
  #found: Promise<readonly string[]> | undefined;
  #foundAt = 0;

  /** Nothing below `excluded` is looked at. */
  constructor(excluded: readonly string[]) {
    this.#excluded = excluded;
  }

  /** Those that were there at most some minutes ago. Rejects when the search can't be made. */
  list(): Promise<readonly string[]> {
    const known = this.#found;
    if (!known) return this.#search();
    if (performance.now() - this.#foundAt > FRESH_MS) this.#search().catch(() => undefined);
    return known;
  }

  /** Its result replaces the list, at once when there is none yet; a failed search leaves the list as it is. */
  #search(): Promise<readonly string[]> {
    this.#foundAt = performance.now();
    const known = this.#found;
    const search = findPrivatePaths(this.#excluded);
    this.#found ??= search;
    search.then(
      () => {
        this.#found = search;
      },
      () => {
        this.#found = known;
      },
    );
    return search;
  }
}

function findPrivatePaths(excluded: readonly string[]): Promise<readonly string[]> {
  const roots = [...SEARCHED, ...mountsBelow(SEARCHED)].filter((root) => kindOf(root) === 'folder');
  return new Promise((resolve, reject) => {
    execFile(
      'find',
      [...roots, ...expression(excluded)],
      { maxBuffer: 2 ** 26, env: findEnvironment() },
      (error, output) => {
        // Folders that can't be looked into, or vanish meanwhile, make it end with 1: they can't be read in a sandbox either.
        if (error && error.code !== 1) return reject(unsearchable(error));
        const [first, ...found] = output.split('\0');
        if (first !== SEARCHED[0]) return reject(unsearchable(error ?? new Error('find did not understand')));
        resolve(found.filter((path) => path !== ''));
      },
    );
  });
}

function unsearchable(error: Error): RuntimeFault {
  return new RuntimeFault('internal', `The files to keep from jobs could not be found: ${error.message}`);
}

function findEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin' };
}

/**
 * A folder that others may not enter counts as a whole; a file counts when others may not read it and there is something to
 * read: the many empty ones are locks. The first folder is always named first, as a proof that the search was made.
 */
function expression(excluded: readonly string[]): readonly string[] {
  const groups = new Set([process.getgid?.() ?? 0, ...(process.getgroups?.() ?? [])]);
  const ours = [
    '(',
    '-uid',
    String(process.getuid?.() ?? 0),
    ...[...groups].flatMap((gid) => ['-o', '-gid', String(gid)]),
    ')',
  ];
  const skipped = excluded.flatMap((path) => ['-path', path, '-prune', '-o']);
  const closedFolder = ['-type', 'd', '!', '-perm', '-o=x'];
  const closedFile = ['!', '-type', 'd', '!', '-type', 'l', '-size', '+0c', '!', '-perm', '-o=r'];
  return [
    ...['-xdev', '-path', SEARCHED[0], '-print0', '-o', ...skipped],
    ...[...closedFolder, '(', ...ours, '-print0', '-o', '-prune', ')', '-prune', '-o'],
    ...[...closedFile, ...ours, '-print0'],
  ];
}

/** Other file systems mounted below these folders, which a search of one file system does not enter. */
function mountsBelow(folders: readonly string[]): readonly string[] {
  const REMOTE = /^(nfs|cifs|smb|fuse|9p|ceph|lustre|gpfs|beegfs|overlay|autofs)/;
  const found = new Set<string>();
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    const [left, right] = line.split(' - ');
    const point = left?.split(' ')[4];
    if (point === undefined || right === undefined || REMOTE.test(right)) continue;
    if (folders.some((folder) => point.startsWith(`${folder}/`))) found.add(point);
  }
  return [...found];
}

/** The Unix sockets of this machine that have a path: whoever can reach the path could talk to the daemon behind it. */
export function socketPaths(): readonly string[] {
  const paths = new Set<string>();
  for (const line of readFileSync('/proc/net/unix', 'utf8').split('\n')) {
    const path = /^\S+ \S+ \S+ \S+ \S+ \S+ +\d+ (\/.*)$/.exec(line)?.[1];
    if (path !== undefined) paths.add(path);
  }
  return [...paths];
}

export type PathKind = 'folder' | 'file' | 'link' | 'nothing';

/** What stands at a path, without following a link. Nothing, too, where we may not look. */
export function kindOf(path: string): PathKind {
  try {
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) return 'link';
    return stat.isDirectory() ? 'folder' : 'file';
  } catch {
    return 'nothing';
  }
}
