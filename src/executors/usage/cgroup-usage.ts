import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Usage } from '../runtime.ts';

/**
 * What the processes of an instance's cgroups have used, as far as the kernel counts it there: one cgroup of version 2, or one for
 * each controller of version 1.
 */
export function cgroupUsage(cgroups: readonly string[]): Pick<Usage, 'cpuSeconds' | 'memoryBytes'> {
  const cpuSeconds = firstOf(cgroups, cpuSecondsOf);
  const memoryBytes = firstOf(cgroups, memoryBytesOf);
  return {
    ...(cpuSeconds !== undefined && { cpuSeconds }),
    ...(memoryBytes !== undefined && { memoryBytes }),
  };
}

/** Version 1 counts processor time in a controller of its own, which is mounted with the one that limits it, or not. */
function cpuSecondsOf(cgroup: string): number | undefined {
  const microseconds = field(read(cgroup, 'cpu.stat'), 'usage_usec');
  if (microseconds !== undefined) return microseconds / 1e6;
  const nanoseconds = read(cgroup, 'cpuacct.usage');
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e9;
}

function memoryBytesOf(cgroup: string): number | undefined {
  const current = read(cgroup, 'memory.current') ?? read(cgroup, 'memory.usage_in_bytes');
  if (current === undefined) return undefined;
  const counts = read(cgroup, 'memory.stat');
  const idle = field(counts, 'total_inactive_file') ?? field(counts, 'inactive_file') ?? 0;
  return Math.max(0, Number(current) - idle);
}

function firstOf(cgroups: readonly string[], of: (cgroup: string) => number | undefined): number | undefined {
  for (const cgroup of cgroups) {
    const found = of(cgroup);
    if (found !== undefined) return found;
  }
  return undefined;
}

function field(text: string | undefined, name: string): number | undefined {
  const found = text === undefined ? undefined : new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

function read(cgroup: string, file: string): string | undefined {
  try {
    return readFileSync(join(cgroup, file), 'utf8');
  } catch {
    return undefined; // the other version's, or the cgroup is gone
  }
}
