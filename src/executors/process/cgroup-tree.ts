import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The folder under which the instances' cgroups are made. */
const SUBTREE = 'trainyard';

/** Where this process may make cgroups that limit memory and processor time. */
export type CgroupTree =
  | { readonly version: 'v2'; readonly parent: string }
  | { readonly version: 'v1'; readonly memory: string; readonly cpu: string };

/** What the kernel says of this process's cgroups: `/proc/self/mountinfo` and `/proc/self/cgroup`. */
export interface CgroupFacts {
  readonly mounts: string;
  readonly membership: string;
}

export function cgroupFacts(): CgroupFacts {
  return {
    mounts: readFileSync('/proc/self/mountinfo', 'utf8'),
    membership: readFileSync('/proc/self/cgroup', 'utf8'),
  };
}

/**
 * Finds or makes the subtree for instances. The top of what is mounted is tried first: an instance there outlives the service
 * that we may be part of. Then our own cgroup and those above it, one of which may be delegated to us. Undefined: nowhere.
 */
export async function findCgroupTree(facts: CgroupFacts = cgroupFacts()): Promise<CgroupTree | undefined> {
  return (await findV2(facts)) ?? (await findV1(facts));
}

async function findV2(facts: CgroupFacts): Promise<CgroupTree | undefined> {
  for (const candidate of candidates(facts, undefined)) {
    const parent = await openV2(candidate);
    if (parent !== undefined) return { version: 'v2', parent };
  }
  return undefined;
}

/** Makes the subtree in a cgroup whose children may have limits; undefined where that isn't allowed. */
async function openV2(cgroup: string): Promise<string | undefined> {
  const available = await readFile(join(cgroup, 'cgroup.controllers'), 'utf8').catch(() => '');
  if (!['memory', 'cpu'].every((controller) => available.split(/\s/).includes(controller))) return undefined;
  const subtree = join(cgroup, SUBTREE);
  const existed = existsSync(subtree);
  try {
    await enableControllers(cgroup);
    await mkdir(subtree, { recursive: true });
    await enableControllers(subtree);
    return subtree;
  } catch {
    if (!existed) await rmdir(subtree).catch(() => undefined);
    return undefined;
  }
}

async function enableControllers(cgroup: string): Promise<void> {
  const path = join(cgroup, 'cgroup.subtree_control');
  const enabled = (await readFile(path, 'utf8')).split(/\s/);
  const missing = ['memory', 'cpu'].filter((controller) => !enabled.includes(controller));
  if (missing.length) await writeFile(path, missing.map((controller) => `+${controller}`).join(' '));
}

async function findV1(facts: CgroupFacts): Promise<CgroupTree | undefined> {
  const memory = await openV1(facts, 'memory');
  const cpu = await openV1(facts, 'cpu');
  return memory !== undefined && cpu !== undefined ? { version: 'v1', memory, cpu } : undefined;
}

async function openV1(facts: CgroupFacts, controller: string): Promise<string | undefined> {
  for (const candidate of candidates(facts, controller)) {
    const subtree = join(candidate, SUBTREE);
    try {
      await mkdir(subtree, { recursive: true });
      return subtree;
    } catch {
      // Not ours to write to: the next one.
    }
  }
  return undefined;
}

/** The cgroups that may be ours to divide: the top of the mount, then our own and those above it. */
function candidates(facts: CgroupFacts, controller: string | undefined): readonly string[] {
  const mount = mountOf(facts.mounts, controller);
  if (!mount) return [];
  const own = ownCgroup(facts.membership, controller) ?? '/';
  const found = [mount.point];
  // A container may see a part of the hierarchy only, which then is mounted under another name than `own` has.
  const below = own.startsWith(mount.root) ? own.slice(mount.root.length) : '';
  for (let each = join(mount.point, below); each.length > mount.point.length; each = dirname(each)) {
    found.push(each);
  }
  return found;
}

/**
 * The folder of the cgroup whose membership the facts tell, under a controller of version 1; without one, of version 2. Undefined where
 * it is not mounted here, or lies outside of what is.
 */
export function cgroupFolder(facts: CgroupFacts, controller: string | undefined): string | undefined {
  const mount = mountOf(facts.mounts, controller);
  const own = ownCgroup(facts.membership, controller);
  if (!mount || own === undefined || !`${own}/`.startsWith(`${mount.root}/`)) return undefined;
  return join(mount.point, own.slice(mount.root.length));
}

interface CgroupMount {
  readonly root: string;
  readonly point: string;
}

/** Where a controller of version 1 is mounted; without one, version 2. */
function mountOf(mounts: string, controller: string | undefined): CgroupMount | undefined {
  for (const line of mounts.split('\n')) {
    const [left, right] = line.split(' - ');
    const [type, , options] = right?.split(' ') ?? [];
    const matches =
      controller === undefined
        ? type === 'cgroup2'
        : type === 'cgroup' && options?.split(',').includes(controller);
    const [, , , root, point] = left?.split(' ') ?? [];
    if (matches && root !== undefined && point !== undefined)
      return { root: root === '/' ? '' : root, point };
  }
  return undefined;
}

function ownCgroup(membership: string, controller: string | undefined): string | undefined {
  for (const line of membership.split('\n')) {
    const [, controllers, ...path] = line.split(':');
    if (controllers?.split(',').includes(controller ?? '')) return path.join(':');
  }
  return undefined;
}
