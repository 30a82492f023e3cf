import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, utimesSync } from 'node:fs';
import { access, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock/clock.ts';
import { removeTree } from '../remove-tree.ts';
import { type PackageLimits, reclaimPackages } from './reclaim-packages.ts';

export interface PackageCacheOptions {
  /** The folder that holds them, on the disk of the instances. */
  readonly folder: string;
  /** The folder that holds the homes of the instances. */
  readonly instances: string;
  readonly limits: PackageLimits;
  readonly clock: Clock;
  /** A line for the operator. */
  log(line: string): void;
}

/** Stands in the home of an instance that uses packages, and says which: it goes with the instance, whoever is killed when. */
export const KEY_FILE = join('agent', 'packages.key');

/** What is to be removed is moved to such a name first, so that half of it is never taken for packages. */
const DISCARDED = '.discarded-';

/**
 * Packages that were installed once, for all jobs that ask for the same. What is in it is whole, and never changes. It stays as long as
 * an instance uses it, and otherwise until it is too old or too much. Only one server uses the folder.
 */
export class PackageCache {
  readonly #options: PackageCacheOptions;
  /** Keys that are just being looked for or given away, by how many. */
  readonly #held = new Map<string, number>();
  #reclaiming: Promise<void> = Promise.resolve();

  constructor(options: PackageCacheOptions) {
    this.#options = options;
  }

  /** Begins to clear what an earlier server left half removed, and what is too old or too much. */
  open(): void {
    const { folder } = this.#options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder)) if (name.startsWith(DISCARDED)) this.#remove(join(folder, name));
    void this.reclaim();
  }

  /** Names what is asked for, of which Python. */
  key(requirements: string, python: string): string {
    return createHash('sha256').update(`${python}\n${requirements}`).digest('hex');
  }

  pathOf(key: string): string {
    return join(this.#options.folder, key);
  }

  async has(key: string): Promise<boolean> {
    return access(this.pathOf(key)).then(
      () => true,
      () => false,
    );
  }

  /** Does something during which what is there of a key is not removed. */
  async holding(key: string, work: () => Promise<void>): Promise<void> {
    this.#held.set(key, (this.#held.get(key) ?? 0) + 1);
    try {
      await work();
    } finally {
      const others = (this.#held.get(key) ?? 1) - 1;
      if (others > 0) this.#held.set(key, others);
      else this.#held.delete(key);
      if (existsSync(this.pathOf(key))) this.#touch(key);
    }
  }

  /** Takes a folder with packages, of the same file system. Where another job was first, its own stay. */
  async adopt(key: string, folder: string): Promise<void> {
    mkdirSync(this.#options.folder, { recursive: true, mode: 0o700 });
    try {
      await rename(folder, this.pathOf(key));
    } catch (error) {
      if (!(await this.has(key))) throw error;
    }
    void this.reclaim();
  }

  /** Removes what is too old or too much. Never rejects. */
  reclaim(): Promise<void> {
    const { folder, limits, clock, log } = this.#options;
    this.#reclaiming = this.#reclaiming
      .then(() =>
        reclaimPackages(folder, {
          ...limits,
          now: clock.now(),
          isInUse: (key) => this.#held.has(key) || this.#usedKeys().has(key),
          discard: (key, why) => this.#discard(key, why),
        }),
      )
      .catch((error) => log(`packages were not reclaimed: ${error}`));
    return this.#reclaiming;
  }

  /** The time of its folder is that of its last use. */
  #touch(key: string): void {
    const now = this.#options.clock.now() / 1000;
    utimesSync(this.pathOf(key), now, now);
  }

  #usedKeys(): ReadonlySet<string> {
    const { instances } = this.#options;
    const homes = existsSync(instances) ? readdirSync(instances) : [];
    return new Set(homes.map((home) => readIfThere(join(instances, home, KEY_FILE))));
  }

  #discard(key: string, why: string): void {
    const { folder, clock, log } = this.#options;
    const discarded = join(folder, `${DISCARDED}${clock.now()}-${key}`);
    renameSync(this.pathOf(key), discarded);
    log(`packages ${key.slice(0, 12)} were removed: ${why}`);
    this.#remove(discarded);
  }

  #remove(path: string): void {
    removeTree(path).catch((error) => this.#options.log(`${path} could not be removed: ${error}`));
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
