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

/**
 * What went from and to disks. Version 1 does not count what is written later, by the kernel itself: what the processes tell of their
 * own is better, where they may be asked.
 */
export function cgroupDiskUsage(cgroups: readonly string[]): Pick<Usage, 'readBytes' | 'writtenBytes'> {
  return firstOf(cgroups, diskUsageOf) ?? {};
}

function diskUsageOf(cgroup: string): Pick<Usage, 'readBytes' | 'writtenBytes'> | undefined {
  const v2 = read(cgroup, 'io.stat');
  if (v2 !== undefined)
    return {
      readBytes: sumOf(v2, /^\S+ .*\brbytes=(\d+)/gm),
      writtenBytes: sumOf(v2, /^\S+ .*\bwbytes=(\d+)/gm),
    };
  const v1 =
    read(cgroup, 'blkio.throttle.io_service_bytes_recursive') ??
    read(cgroup, 'blkio.throttle.io_service_bytes');
  if (v1 === undefined) return undefined;
  return { readBytes: sumOf(v1, /^\S+ Read (\d+)/gm), writtenBytes: sumOf(v1, /^\S+ Write (\d+)/gm) };
}

function sumOf(text: string, numbers: RegExp): number {
  return [...text.matchAll(numbers)].reduce((sum, [, number]) => sum + Number(number), 0);
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

function firstOf<T>(cgroups: readonly string[], of: (cgroup: string) => T | undefined): T | undefined {
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
