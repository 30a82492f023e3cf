import { access, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstancePlan } from './instance-agent.ts';

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

/** The marker stands on the disk when this resolves: whoever is killed afterwards, the next agent finds it. */
export async function setMarker(folder: InstanceFolder, marker: Marker): Promise<void> {
  await writeFile(join(folder.state, marker), '');
}

export async function removeMarker(folder: InstanceFolder, marker: Marker): Promise<void> {
  await rm(join(folder.state, marker), { force: true });
}

export async function hasMarker(folder: InstanceFolder, marker: Marker): Promise<boolean> {
  return access(join(folder.state, marker)).then(
    () => true,
    () => false,
  );
}

/**
 * Opens the instance's folder. What an earlier agent left there is trusted only when the machine has not been started anew since:
 * files survive the kill of a process, but without an fsync each, which would cost more than the download, not a power cut.
 */
export async function openInstanceFolder(folder: InstanceFolder): Promise<void> {
  const bootFile = join(folder.state, 'boot');
  const boot = await bootId();
  const left = await readFile(bootFile, 'utf8').catch(() => undefined);
  if (left === boot) return;
  await rm(folder.state, { recursive: true, force: true });
  await rm(folder.ml, { recursive: true, force: true });
  await mkdir(folder.home, { recursive: true, mode: 0o700 });
  await mkdir(folder.state);
  await writeFile(bootFile, boot);
}

/** Names the machine's current run. Elsewhere than on Linux there is no such name, and every run counts as the same. */
export async function bootId(): Promise<string> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => 'unknown');
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
