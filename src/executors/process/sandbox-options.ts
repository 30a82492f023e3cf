import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Mount, RuntimeFault } from '../runtime.ts';
import type { ImageConfig } from './config.ts';
import type { Image } from './image.ts';
import { withoutLinks } from './images/in-root.ts';
import { type MountPlace, type MountPoints, mountPoints } from './mount-points.ts';
import { kindOf } from './private-paths.ts';
import { procOptions } from './proc-options.ts';
import { realPath } from './real-path.ts';
import { hostRoot, imageRoot, privateRoot, type RootOptions } from './root-options.ts';
import { CAPABILITIES, USERS_DESCRIPTOR, type UserRange } from './user-range.ts';

/** What one sandbox is made of. Paths are the machine's own. */
export interface Sandbox {
  readonly image: Image;
  /** Where a private root over the image is mounted (`private-root.ts`); absent: the image is shown read-only. */
  readonly merged?: string;
  readonly mlRoot: string;
  readonly mounts: readonly Mount[];
  /** The file that is seen as `/etc/hosts`. */
  readonly hosts: string;
  readonly hostname: string;
  readonly networkIsolation: boolean;
  /** It is started in the network that it is to have. */
  readonly hasNetwork: boolean;
  /** It is given a namespace with a range of users, of which its root is one (`user-range.ts`). */
  readonly hasUsers: boolean;
  /** The file that is then seen as `/etc/shadow` in the place of the machine's own. */
  readonly passwords: string;
  /** The file that is seen as `/etc/resolv.conf`. Absent: the machine's. */
  readonly resolver?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Folders of the machine that must not be seen. */
  readonly hidden: readonly string[];
  /** Files and folders that whoever runs the server may read, but not everybody. */
  readonly privatePaths: readonly string[];
  /** Further options: cgroups and devices. */
  readonly extra: readonly string[];
  readonly abilities: SandboxAbilities;
}

/** What this machine's bubblewrap can do. */
export interface SandboxAbilities {
  readonly userNamespaces: boolean;
  /** It can keep a sandbox from making user namespaces of its own. */
  readonly disableUserNamespaces: boolean;
  /** The users that sandboxes can have besides the one who runs the server. Absent: none. */
  readonly userRange?: UserRange;
}

/** All options of bubblewrap for a sandbox, in the order in which it carries them out. */
export function sandboxOptions(sandbox: Sandbox): readonly string[] {
  const { image } = sandbox;
  const place = mountPlace(image, sandbox.hidden, sandbox.mlRoot, sandbox.merged !== undefined);
  const points = mountPoints(sandbox.mounts, place);
  const root = rootOf(sandbox, points);
  return [
    ...isolation(sandbox),
    ...root.base,
    ...['--dev', '/dev', '--proc', '/proc'],
    ...procOptions(),
    ...root.shown,
    ...['--ro-bind', '/sys', '/sys'],
    ...sandbox.extra,
    ...root.made,
    ...(sandbox.hasUsers ? loginsOf(sandbox) : []),
    ...image.binds.flatMap(bind),
    ...['--bind', sandbox.mlRoot, '/opt/ml'],
    ...points.mounts.flatMap(({ source, target, readOnly }) => [
      readOnly ? '--ro-bind' : '--bind',
      source,
      target,
    ]),
    ...names(sandbox),
    ...(sandbox.merged === undefined ? ['--remount-ro', '/'] : []),
    ...['--chdir', image.workdir, '--clearenv'],
    ...Object.entries(sandbox.environment).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
}

/** The options as bubblewrap reads them from a file. */
export function encodeOptions(options: readonly string[]): string {
  return options.map((option) => `${option}\0`).join('');
}

/** Where the mounts of an algorithm are made. */
export function mountPlace(
  image: ImageConfig,
  hidden: readonly string[],
  mlRoot: string,
  writable = false,
): MountPlace {
  const resolver = realPath('/etc/resolv.conf');
  return {
    root: image.root,
    before: [
      ...image.binds.map(({ path, readOnly }) => ({ source: path, target: path, readOnly })),
      { source: mlRoot, target: '/opt/ml', readOnly: false },
    ],
    hidden,
    writable,
    reserved: resolver === undefined ? [] : [resolver],
  };
}

function rootOf({ image, merged, hidden, privatePaths }: Sandbox, { opened }: MountPoints): RootOptions {
  if (merged !== undefined) return privateRoot(merged, image.root);
  return image.root === '/' ? hostRoot(hidden, privatePaths, opened) : imageRoot(image.root, opened);
}

/**
 * Its own process numbers, names and, when asked for, network; no capability, or those of a root among users of its own, and no way to
 * gain one. Process 1 is the program
 * itself, so that it gets the signals, as in a container. Nothing ties it to its parent: it outlives the server.
 */
export function isolation(
  sandbox: Pick<Sandbox, 'abilities' | 'hostname' | 'networkIsolation' | 'hasNetwork' | 'hasUsers'> & {
    readonly image?: Image;
  },
): readonly string[] {
  const { abilities } = sandbox;
  return [
    ...(sandbox.hasUsers ? ['--userns', String(USERS_DESCRIPTOR)] : ownNamespaceOfUsers(abilities)),
    ...identity(sandbox.image, abilities),
    ...[
      '--unshare-pid',
      '--unshare-ipc',
      '--unshare-cgroup-try',
      '--unshare-uts',
      '--hostname',
      sandbox.hostname,
    ],
    ...(sandbox.networkIsolation && !sandbox.hasNetwork ? ['--unshare-net'] : []),
    ...['--cap-drop', 'ALL'],
    ...(sandbox.hasUsers ? CAPABILITIES.flatMap((each) => ['--cap-add', each]) : []),
    ...['--new-session', '--as-pid-1'],
  ];
}

/**
 * What OpenSSH's daemon needs that an image with one has: a folder to lock its half without rights into, where `/run` is always new; and
 * that root is somebody who may log in, which can't be seen where the machine's passwords are covered.
 */
function loginsOf({ image, merged, passwords }: Sandbox): readonly string[] {
  if (merged !== undefined) return [];
  const covered = image.root === '/' && kindOf('/etc/shadow') === 'file';
  return [
    ...['--perms', '0755', '--dir', '/run/sshd'],
    ...(covered ? ['--ro-bind', passwords, '/etc/shadow'] : []),
  ];
}

/** One in which there is nobody but who runs the server. */
function ownNamespaceOfUsers({ userNamespaces, disableUserNamespaces }: SandboxAbilities): readonly string[] {
  if (!userNamespaces) return [];
  return ['--unshare-user', ...(disableUserNamespaces ? ['--disable-userns'] : [])];
}

/**
 * The image's user, as whom the sandbox sees who runs the server: all files of the image and of `/opt/ml` are its own there.
 */
function identity(image: Image | undefined, abilities: SandboxAbilities): readonly string[] {
  const user = image?.user;
  if (!user) return [];
  if (abilities.userNamespaces) return ['--uid', String(user.uid), '--gid', String(user.gid)];
  if (user.uid === process.getuid?.()) return [];
  throw new RuntimeFault(
    'internal',
    `The image runs as user ${user.uid}, for which this machine would have to allow user namespaces.`,
  );
}

function bind({ path, readOnly }: ImageConfig['binds'][number]): readonly string[] {
  if (!existsSync(path)) {
    throw new RuntimeFault('internal', `The image's setting "binds" names ${path}, which does not exist.`);
  }
  return [readOnly ? '--ro-bind' : '--bind', path, path];
}

/** How names are resolved: the job's hosts and, with a network, the machine's resolver. */
function names({ image, merged, hosts, networkIsolation, resolver: own }: Sandbox): readonly string[] {
  const place = (path: string) =>
    merged === undefined ? mountPoint(image, path) : withoutLinks(image.root, path);
  const options = ['--ro-bind', hosts, place('/etc/hosts')];
  const resolver = networkIsolation ? undefined : realPath('/etc/resolv.conf');
  if (resolver === undefined) return options;
  if (image.root !== '/') return [...options, '--ro-bind', own ?? resolver, place('/etc/resolv.conf')];
  if (own !== undefined) return [...options, '--ro-bind', own, resolver];
  // Often a link to a file of a resolver's, in /run, which is hidden.
  return resolver === '/etc/resolv.conf' ? options : [...options, '--ro-bind', resolver, resolver];
}

function mountPoint(image: ImageConfig, path: string): string {
  const target = image.root === '/' ? realPath(path) : withoutLinks(image.root, path);
  if (target !== undefined && kindOf(join(image.root, target)) === 'file') return target;
  throw new RuntimeFault(
    'internal',
    `The image folder ${image.root} has no file ${path} to put the job's own over: create an empty one there.`,
  );
}
