import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const BYTES_PER_GB = 1024 ** 3;
const MS_PER_DAY = 24 * 60 * 60 * 1000;
/** The names of folders with packages. */
const KEY = /^[0-9a-f]{64}$/;

/** How many packages are kept that no instance has. */
export interface PackageLimits {
  readonly maxGB: number;
  readonly maxUnusedDays: number;
}

export interface ReclaimRules extends PackageLimits {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether an instance has the packages of a key, or is being given them just now. */
  isInUse(key: string): boolean;
  /** Takes them out of sight at once. */
  discard(key: string, why: string): void;
}

/** Removes the packages that no instance has, and that were not used for too long; then the longest unused ones that are too much. */
export async function reclaimPackages(folder: string, rules: ReclaimRules): Promise<void> {
  const names = (await readdir(folder)).filter((name) => KEY.test(name));
  const kept = await Promise.all(names.map((key) => measured(key, join(folder, key))));
  kept.sort((a, b) => a.usedAt - b.usedAt);
  let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { key, bytes, usedAt } of kept) {
    const why = reasonFor(rules, rules.now - usedAt, total);
    // Asked last, with nothing awaited in between: they may have been given away meanwhile.
    if (why === undefined || rules.isInUse(key)) continue;
    rules.discard(key, why);
    total -= bytes;
  }
}

function reasonFor(
  { maxGB, maxUnusedDays }: ReclaimRules,
  unusedMs: number,
  total: number,
): string | undefined {
  if (unusedMs > maxUnusedDays * MS_PER_DAY)
    return `no job used them for ${Math.floor(unusedMs / MS_PER_DAY)} days (packages.maxUnusedDays is ${maxUnusedDays})`;
  if (total > maxGB * BYTES_PER_GB)
    return `all that are kept take ${(total / BYTES_PER_GB).toFixed(2)} GB (packages.maxGB is ${maxGB}), and these were unused the longest`;
  return undefined;
}

async function measured(key: string, path: string) {
  const { mtimeMs: usedAt } = await lstat(path);
  return { key, usedAt, bytes: await bytesIn(path) };
}

/** What a folder takes on the disk. */
async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? await bytesIn(path) : (await lstat(path)).blocks * 512;
  }
  return bytes;
}
