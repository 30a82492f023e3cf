import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostConfig } from 'dockerode';
import { removeCgroups } from '../process/instance-cgroups.ts';
import type { Engine } from './engine.ts';

const CGROUPS = '/sys/fs/cgroup';
/** Where Podman puts the programs that watch over a container. */
const MONITORS = 'conmon';
/** What the kernel takes for itself of a limit, so that a use this near to it has reached it. */
const NEARLY = 0.99;

/**
 * The cgroup that a container's own is made in, so that something is left to read when that one is gone: with cgroups of version 1
 * Podman does not tell that memory ran out. Only where the engine makes cgroups by their paths,
 * and we may remove them.
 */
export function cgroupParent(
  { kind, cgroupVersion, cgroupDriver }: Pick<Engine, 'kind' | 'cgroupVersion' | 'cgroupDriver'>,
  name: string,
): Pick<HostConfig, 'CgroupParent'> {
  const isNeeded = kind === 'podman' && cgroupVersion === 'v1' && cgroupDriver === 'cgroupfs';
  return isNeeded && mayRemove() ? { CgroupParent: `/${name}` } : {};
}

/** Whether all that ran in the container of that name once used as much memory as it might. */
export function reachedMemoryLimit(name: string, limit: number | undefined): boolean {
  if (limit === undefined) return false;
  try {
    const most = readFileSync(join(CGROUPS, 'memory', name, 'memory.max_usage_in_bytes'), 'utf8');
    return Number(most) >= limit * NEARLY;
  } catch {
    return false; // It has no such cgroup.
  }
}

/**
 * Removes what `cgroupParent` had made, under each controller. Podman has its monitors there too, some of which stay for minutes
 * after their container is gone: they are moved out of it.
 */
export async function removeCgroupParent(name: string): Promise<void> {
  if (!mayRemove()) return;
  const parents = controllers()
    .map((controller) => join(CGROUPS, controller, name))
    .filter((path) => existsSync(path));
  for (const parent of parents) moveMonitors(join(parent, MONITORS), join(parent, '..'));
  await removeCgroups(parents.flatMap((parent) => [join(parent, MONITORS), parent]));
}

const mayRemove = (): boolean => process.geteuid?.() === 0;

function moveMonitors(from: string, to: string): void {
  for (const pid of processesIn(from)) {
    try {
      writeFileSync(join(to, 'cgroup.procs'), pid);
    } catch {
      // It has ended by itself.
    }
  }
}

function processesIn(cgroup: string): readonly string[] {
  try {
    return readFileSync(join(cgroup, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean);
  } catch {
    return []; // There is no such cgroup.
  }
}

function controllers(): readonly string[] {
  return existsSync(CGROUPS) ? readdirSync(CGROUPS) : [];
}
