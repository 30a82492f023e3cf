import {
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  rename,
  rm,
  rmdir,
  symlink,
  unlink,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RuntimeFault } from '../runtime.ts';
import type { ImageConfig } from './config.ts';
import { withoutLinks } from './images/in-root.ts';

/**
 * An image may bring parts of `/opt/ml`, such as `/opt/ml/code`, and expects to see and change them (training contract §1.1).
 * They are copied to the instance's own folder; what stands there already is not touched.
 */
export async function bringImageMl(image: ImageConfig, mlRoot: string): Promise<void> {
  if (image.root === '/') return; // This machine's own /opt/ml is none of the job's business.
  const source = join(image.root, withoutLinks(image.root, '/opt/ml'));
  for (const name of await namesIn(source)) {
    if (await exists(join(mlRoot, name))) continue;
    const draft = await mkdtemp(join(mlRoot, '.image-'));
    try {
      await cp(join(source, name), join(draft, name), { recursive: true, verbatimSymlinks: true });
      await rename(join(draft, name), join(mlRoot, name));
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
}

/**
 * Without a sandbox `/opt/ml` is one place for the whole machine: a link to the folder of the one instance that has it. Throws
 * when another instance has it, or when it is a folder of somebody's.
 */
export async function linkMl(link: string, mlRoot: string): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const code = await symlink(mlRoot, link).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code ?? 'unknown',
    );
    if (code === undefined) return;
    if (code === 'ENOENT') await mkdir(dirname(link), { recursive: true });
    else if (code !== 'EEXIST') throw cannotLink(link, `it can't be made (${code})`);
    else if (await makeRoom(link, mlRoot)) return;
  }
  throw cannotLink(link, 'another program keeps making it');
}

/** Removes what was left at the link's place. Resolves with true when it is the link that is wanted. */
async function makeRoom(link: string, mlRoot: string): Promise<boolean> {
  const stat = await lstat(link);
  if (stat.isSymbolicLink()) {
    const target = await readlink(link);
    if (target === mlRoot) return true;
    if (await exists(target))
      throw cannotLink(link, `another instance runs (${target}), and only one can without a sandbox`);
    await unlink(link);
    return false;
  }
  if (!stat.isDirectory()) throw cannotLink(link, 'a file is in its place');
  if ((await readdir(link)).length > 0) throw cannotLink(link, 'a folder that is not empty is in its place');
  await rmdir(link);
  return false;
}

/** Gives `/opt/ml` back, if it is this instance's. */
export async function unlinkMl(link: string, mlRoot: string): Promise<void> {
  const target = await readlink(link).catch(() => undefined);
  if (target === mlRoot) await unlink(link);
}

function cannotLink(link: string, cause: string): RuntimeFault {
  return new RuntimeFault(
    'internal',
    `Without a sandbox the algorithm needs ${link} as a link of ours: ${cause}.`,
  );
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
