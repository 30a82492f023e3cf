import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../run-folder.ts';

const memory = z.object({ name: z.string(), digest: z.string() });

/** What names of images in registries meant last: a small file each, in a folder. */
export class LookedUp {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  remember(name: string, digest: string): void {
    replaceFile(this.#fileOf(name), JSON.stringify({ name, digest }));
  }

  /** The digest of the image that a name meant last. */
  recall(name: string): string | undefined {
    return digestIn(this.#fileOf(name));
  }

  /** Forgets the names of images that are gone. */
  forget(isThere: (digest: string) => boolean): void {
    for (const file of readdirSync(this.#folder)) {
      const path = join(this.#folder, file);
      const digest = digestIn(path);
      if (digest === undefined || !isThere(digest)) rmSync(path, { force: true });
    }
  }

  #fileOf(name: string): string {
    return join(this.#folder, `${createHash('sha256').update(name).digest('hex')}.json`);
  }
}

function digestIn(path: string): string | undefined {
  try {
    return memory.parse(JSON.parse(readFileSync(path, 'utf8'))).digest;
  } catch {
    return undefined;
  }
}
