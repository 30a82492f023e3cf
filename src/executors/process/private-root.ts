import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../../agent/remove-tree.ts';
import { findProgram } from './find-program.ts';

/** The folders of an instance whose image can be written to, in its run folder. What the algorithm writes is in `upper`. */
export interface PrivateRoot {
  readonly folder: string;
  /** Where the whole is seen, in the sandbox's own mounts only. */
  readonly merged: string;
}

/**
 * Makes the mount and becomes the program that follows. Names relative to the folder need no escaping in the mount's options. The
 * mount is seen by this process and its children only, and goes with them: there is nothing to clean up.
 */
const MOUNT_SCRIPT = `
cd "$1" && mount -t overlay overlay -o "$2" merged || { echo '{"launch-error":"overlay"}' >&3; exit 1; }
cd /
shift 2
exec "$@"
`;
const LAYERS = 'lowerdir=lower,upperdir=upper,workdir=work';

/** Lays out the folders of a private root over an image. Doing it again changes nothing. */
export function layOutPrivateRoot(folder: string, image: string): PrivateRoot {
  for (const name of ['upper', 'work', 'merged'])
    mkdirSync(join(folder, name), { recursive: true, mode: 0o755 });
  const lower = join(folder, 'lower');
  // A link: a path in the options of a mount could hold signs that mean something there.
  if (!existsSync(lower)) symlinkSync(image, lower);
  return { folder, merged: join(folder, 'merged') };
}

/** What a program is started through to see the private root at its place. Without being root, it needs a user namespace. */
export function privateRootCommand(unshare: string, folder: string): readonly string[] {
  const isRoot = process.getuid?.() === 0;
  const namespaces = [
    '--mount',
    '--propagation',
    'private',
    ...(isRoot ? [] : ['--user', '--map-root-user']),
  ];
  const layers = isRoot ? LAYERS : `userxattr,${LAYERS}`;
  return [unshare, ...namespaces, '--', '/bin/sh', '-c', MOUNT_SCRIPT, 'sh', folder, layers];
}

/** The path of `unshare`, when this machine can make private roots in that folder; else undefined. */
export async function findPrivateRoots(folder: string): Promise<string | undefined> {
  const unshare = findProgram('unshare');
  if (unshare === undefined) return undefined;
  const trial = await mkdtemp(join(folder, 'trial-'));
  try {
    const image = join(trial, 'image');
    mkdirSync(join(image, 'folder'), { recursive: true });
    const root = layOutPrivateRoot(trial, image);
    const script = 'echo written > "$1/folder/file"';
    const command = [...privateRootCommand(unshare, trial), '/bin/sh', '-c', script, 'sh', root.merged];
    return (await succeeds(command)) ? unshare : undefined;
  } finally {
    await removeTree(trial).catch(() => undefined);
  }
}

function succeeds([program = '', ...words]: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, words, { cwd: '/', env: {}, timeout: 30_000 }, (error) => resolve(!error));
  });
}
