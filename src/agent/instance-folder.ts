import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstancePlan } from './instance-agent.ts';
import { removeTree } from './remove-tree.ts';

/** Where an instance keeps what on the machine's disk. */
export interface InstanceFolder {
  readonly home: string;
  /** What the algorithm sees as `/opt/ml`. */
  readonly ml: string;
  /** What the agent must remember: markers, listings, downloads in progress. Out of the algorithm's sight. */
  readonly state: string;
}

/** What an instance's disk says about how far it is. */
export type Marker = 'prepared' | 'installing' | 'started';

export function instanceFolder(folder: string, plan: InstancePlan): InstanceFolder {
  const home = join(folder, instanceId(plan));
  return { home, ml: join(home, 'ml'), state: join(home, 'agent') };
}

/** Unique among all instances of the service. */
export function instanceId(plan: InstancePlan): string {
  return `${plan.jobId}-${plan.attempt}-${plan.host}`;
}

// A trip to Node's threads takes many times what the disk takes for a small file, and where many jobs start together each of its steps
// waits for those of all others. So what is small and local is made here at once.

/** The marker stands on the disk when this returns: whoever is killed afterwards, the next agent finds it. */
export function setMarker(folder: InstanceFolder, marker: Marker): void {
  writeFileSync(join(folder.state, marker), '');
}

export function removeMarker(folder: InstanceFolder, marker: Marker): void {
  rmSync(join(folder.state, marker), { force: true });
}

export function hasMarker(folder: InstanceFolder, marker: Marker): boolean {
  return existsSync(join(folder.state, marker));
}

/**
 * Opens the instance's folder. What an earlier agent left there is trusted only when the machine has not been started anew since:
 * files survive the kill of a process, but without an fsync each, which would cost more than the download, not a power cut.
 */
export async function openInstanceFolder(folder: InstanceFolder): Promise<void> {
  const bootFile = join(folder.state, 'boot');
  const boot = bootId();
  if (textOf(bootFile) === boot) return;
  if (existsSync(folder.home)) {
    await removeTree(folder.state);
    await removeTree(folder.ml);
  }
  mkdirSync(folder.home, { recursive: true, mode: 0o700 });
  mkdirSync(folder.state);
  writeFileSync(bootFile, boot);
}

let knownBootId: string | undefined;

/** Names the machine's current run. Elsewhere than on Linux there is no such name, and every run counts as the same. */
export function bootId(): string {
  knownBootId ??= textOf('/proc/sys/kernel/random/boot_id') ?? 'unknown';
  return knownBootId;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * A folder below `root` that the algorithm may have replaced by something else. Its path, or undefined when any part of it is not
 * a folder of its own: a link there could lead to any file of the machine.
 */
export async function ordinaryFolder(root: string, ...names: string[]): Promise<string | undefined> {
  let path = root;
  for (const name of names) {
    path = join(path, name);
    const stats = await lstat(path).catch(() => undefined);
    if (!stats?.isDirectory()) return undefined;
  }
  return path;
}
