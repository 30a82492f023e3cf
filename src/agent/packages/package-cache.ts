import { createHash } from 'node:crypto';
import { access, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** Packages that were installed once, for all jobs that ask for the same. What is in it is whole, and never changes. */
export class PackageCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Names what is asked for, of which Python. */
  key(requirements: string, python: string): string {
    return createHash('sha256').update(`${python}\n${requirements}`).digest('hex');
  }

  pathOf(key: string): string {
    return join(this.#folder, key);
  }

  async has(key: string): Promise<boolean> {
    return access(this.pathOf(key)).then(
      () => true,
      () => false,
    );
  }

  /** Takes a folder with packages, of the same file system. Where another job was first, its own stay. */
  async adopt(key: string, folder: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    try {
      await rename(folder, this.pathOf(key));
    } catch (error) {
      if (!(await this.has(key))) throw error;
    }
  }
}
