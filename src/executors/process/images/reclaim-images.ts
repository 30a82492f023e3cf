import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { keptBytes, PLACES } from './unpacked-image.ts';

const BYTES_PER_GB = 1024 ** 3;
const MS_PER_DAY = 24 * 60 * 60 * 1000;

export interface ReclaimRules {
  readonly maxGB: number;
  readonly maxUnusedDays: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether an image, by the name of its folder, is being given to an instance just now. */
  isHeld(name: string): boolean;
  /** Takes it out of sight at once. */
  discard(folder: string): void;
}

interface Unused {
  readonly name: string;
  readonly folder: string;
  readonly bytes: number;
  readonly usedAt: number;
}

/** Removes the images that no instance has, and that were not used for too long; then the longest unused ones that are too much. */
export async function reclaimImages(unpacked: string, rules: ReclaimRules): Promise<void> {
  const unused: Unused[] = [];
  let total = 0;
  for (const name of await readdir(unpacked)) {
    const folder = join(unpacked, name);
    const bytes = keptBytes(folder);
    if (bytes === undefined) continue; // It is being brought to the disk at this moment.
    total += bytes;
    if (!(await isInUse(folder, () => rules.isHeld(name))))
      unused.push({ name, folder, bytes, usedAt: lastUse(folder) });
  }
  unused.sort((a, b) => a.usedAt - b.usedAt);
  for (const { name, folder, bytes, usedAt } of unused) {
    const isTooOld = rules.now - usedAt > rules.maxUnusedDays * MS_PER_DAY;
    if (!isTooOld && total <= rules.maxGB * BYTES_PER_GB) continue;
    // Asked last, with nothing awaited in between: it may have been given away meanwhile.
    if (rules.isHeld(name) || hasUser(folder, readdirSync(join(folder, PLACES.uses)))) continue;
    rules.discard(folder);
    total -= bytes;
  }
}

/** Whether an instance that was given the image still exists. What is left of the others is removed. */
async function isInUse(folder: string, isHeld: () => boolean): Promise<boolean> {
  const uses = join(folder, PLACES.uses);
  const names = await readdir(uses).catch(() => []);
  for (const name of names) {
    // At once: an instance that is just being given the image is noted before it has taken it.
    if (!isHeld() && !hasUser(folder, [name])) rmSync(join(uses, name), { force: true });
  }
  return hasUser(folder, names);
}

function hasUser(folder: string, names: readonly string[]): boolean {
  return names.some((name) => {
    try {
      return existsSync(readFileSync(join(folder, PLACES.uses, name), 'utf8'));
    } catch {
      return false;
    }
  });
}

/** Epoch milliseconds; an image that nobody was given yet counts from when it was unpacked. */
function lastUse(folder: string): number {
  try {
    return Number(readFileSync(join(folder, PLACES.used), 'utf8'));
  } catch {
    return statSync(join(folder, PLACES.record)).mtimeMs;
  }
}
