import { readFileSync } from 'node:fs';
import { cgroupFacts, cgroupFolder } from '../process/cgroup-tree.ts';

/** Those of version 1 that count something; undefined is version 2. */
const COUNTING = ['memory', 'cpuacct', 'blkio', undefined] as const;

/** What the kernel says of the cgroups that a process is in: lines of `/proc/<pid>/cgroup`. Undefined when it is not there. */
export function membershipOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    return undefined; // gone, or in a namespace of processes that is not ours
  }
}

/** The folders of the cgroups of such a membership which count what is used. Some may not be there. */
export function countingCgroups(membership: string): readonly string[] {
  const facts = { mounts: cgroupFacts().mounts, membership };
  return COUNTING.map((controller) => cgroupFolder(facts, controller)).filter(
    (folder) => folder !== undefined,
  );
}
