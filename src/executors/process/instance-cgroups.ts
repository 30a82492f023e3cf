import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { CgroupTree } from './cgroup-tree.ts';

/** Upper limits of an instance. Absent: none. */
export interface Limits {
  readonly cpus?: number;
  readonly memoryBytes?: number;
}

/** The kernel's own default: how often a group's processor time is renewed. */
const CPU_PERIOD_US = 100_000;

/**
 * Makes the cgroups of an instance, or finds them made, and sets their limits. Returns their folders; a process joins by
 * writing its number to `cgroup.procs` of each. The kernel makes one cgroup at a time, and none while a process enters one: other
 * threads wait for that.
 */
export async function makeCgroups(
  tree: CgroupTree,
  name: string,
  limits: Limits,
): Promise<readonly string[]> {
  if (tree.version === 'v2') {
    const cgroup = join(tree.parent, name);
    await mkdir(cgroup, { recursive: true });
    limitV2(cgroup, limits);
    return [cgroup];
  }
  const memory = join(tree.memory, name);
  const cpu = join(tree.cpu, name);
  await Promise.all([memory, cpu].map((cgroup) => mkdir(cgroup, { recursive: true })));
  limitV1(memory, cpu, limits);
  return [memory, cpu];
}

function limitV2(cgroup: string, { cpus, memoryBytes }: Limits): void {
  if (memoryBytes !== undefined) {
    writeFileSync(join(cgroup, 'memory.max'), String(memoryBytes));
    writeIfThere(join(cgroup, 'memory.swap.max'), '0');
  }
  if (cpus !== undefined) writeFileSync(join(cgroup, 'cpu.max'), `${quota(cpus)} ${CPU_PERIOD_US}`);
}

function limitV1(memory: string, cpu: string, { cpus, memoryBytes }: Limits): void {
  if (memoryBytes !== undefined) {
    writeFileSync(join(memory, 'memory.limit_in_bytes'), String(memoryBytes));
    // Memory and swap together: what does not fit is not swapped out but refused.
    writeIfThere(join(memory, 'memory.memsw.limit_in_bytes'), String(memoryBytes));
  }
  if (cpus !== undefined) {
    writeFileSync(join(cpu, 'cpu.cfs_period_us'), String(CPU_PERIOD_US));
    writeFileSync(join(cpu, 'cpu.cfs_quota_us'), String(quota(cpus)));
  }
}

/** The kernel takes no less than a millisecond of a period. */
function quota(cpus: number): number {
  return Math.max(1000, Math.round(cpus * CPU_PERIOD_US));
}

/** Whether the kernel ended a process of these cgroups for want of memory. */
export function ranOutOfMemory(cgroups: readonly string[]): boolean {
  return cgroups.some(
    (cgroup) => oomKills(join(cgroup, 'memory.events')) || oomKills(join(cgroup, 'memory.oom_control')),
  );
}

function oomKills(path: string): boolean {
  try {
    const kills = /^oom_kill (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1];
    return kills !== undefined && kills !== '0';
  } catch {
    return false; // the other version's file, or not a memory cgroup
  }
}

/** The options of bubblewrap that show an instance its own cgroups, and so its limits, instead of the machine's. */
export function cgroupOptions(tree: CgroupTree, [first, second]: readonly string[]): readonly string[] {
  if (first === undefined) return [];
  if (tree.version === 'v2' || second === undefined) return ['--ro-bind', first, '/sys/fs/cgroup'];
  return [
    ...['--tmpfs', '/sys/fs/cgroup'],
    ...['--ro-bind', first, '/sys/fs/cgroup/memory'],
    ...['--ro-bind', second, '/sys/fs/cgroup/cpu'],
    ...['--remount-ro', '/sys/fs/cgroup'],
  ];
}

/** Removes the cgroups of an instance whose processes have ended. The kernel may need a moment to let go of the last one. */
export async function removeCgroups(cgroups: readonly string[]): Promise<void> {
  for (const cgroup of cgroups) await removeCgroup(cgroup);
}

async function removeCgroup(cgroup: string): Promise<void> {
  const PATIENCE_MS = [1, 5, 20, 50, 100, 200, 500, 1000, 2000, 4000, 8000];
  for (const pause of PATIENCE_MS) {
    const code = await rmdir(cgroup).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error.code,
    );
    if (code === undefined || code === 'ENOENT') return;
    if (code !== 'EBUSY') break;
    await wait(pause);
  }
  await rmdir(cgroup);
}

function writeIfThere(path: string, text: string): void {
  if (existsSync(path)) writeFileSync(path, text);
}
