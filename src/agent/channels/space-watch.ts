import { freeSpace } from '../free-space.ts';
import { downloadFault } from './channel.ts';

/** How often the disk is looked at: after so many bytes or so many files, whichever comes first. */
const BYTES_BETWEEN = 64 * 1024 * 1024;
const FILES_BETWEEN = 512;

/**
 * Looks at the disk while files arrive: others write to it too, so what fitted before the download may no longer fit. Counts only
 * those that have not begun: of the ones under way nobody knows how much is on the disk already, and they meet a full disk
 * themselves.
 */
export class SpaceWatch {
  readonly #folder: string;
  readonly #free: typeof freeSpace;
  /** Bytes of the files that have not begun. */
  #ahead: number;
  #bytes = 0;
  #files = 0;

  constructor(folder: string, bytesAhead: number, free = freeSpace) {
    this.#folder = folder;
    this.#ahead = bytesAhead;
    this.#free = free;
  }

  /** A file of so many bytes is about to begin. */
  begins(bytes: number): void {
    this.#ahead -= bytes;
  }

  /** A file of so many bytes is whole. Rejects with a ClientError when those that have not begun no longer fit. */
  async landed(bytes: number): Promise<void> {
    this.#bytes += bytes;
    this.#files += 1;
    if (this.#bytes < BYTES_BETWEEN && this.#files < FILES_BETWEEN) return;
    this.#bytes = 0;
    this.#files = 0;
    const free = await this.#free(this.#folder);
    if (free.bytes >= this.#ahead) return;
    throw downloadFault(
      `the instance's disk was filled during the download: ${this.#ahead} bytes are still to come, and ${free.bytes} bytes are left`,
    );
  }
}
