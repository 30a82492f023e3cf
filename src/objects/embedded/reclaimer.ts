import type { Clock } from '../../clock/clock.ts';
import type { Database } from '../../store/database.ts';
import { anyDoomedBlob, doomedBlobs } from '../../store/objects/doomed-blobs.ts';
import { forgetBlobs } from '../../store/objects/forget-blobs.ts';
import type { BlobFiles } from './blob-files.ts';
import type { Blob } from './embedded-store.ts';

/**
 * How long a replaced blob stays for those who have read its row and are about to open it. Opening follows reading the row within
 * the same request, so this is far more than is needed.
 */
export const READING_GRACE_MS = 10_000;

export interface ReclaimerOptions {
  readonly database: Database;
  readonly files: BlobFiles;
  readonly clock: Clock;
  /** A blob is about to be removed whose file has other names, which keep its bytes on the disk. Told once for all that go together. */
  onLinked(): void;
}

/**
 * Removes the files of doomed blobs, after the commit that doomed them. A blob stays for the reading grace, and for as long as
 * somebody reads it: readers hold blobs by id, as an object of 10,000 parts can't have all its files open at once.
 */
export class Reclaimer {
  readonly #database: Database;
  readonly #files: BlobFiles;
  readonly #clock: Clock;
  readonly #onLinked: () => void;
  readonly #holds = new Map<string, number>();
  readonly #stop = new AbortController();
  #working: Promise<void> | undefined;

  constructor({ database, files, clock, onLinked }: ReclaimerOptions) {
    this.#database = database;
    this.#files = files;
    this.#clock = clock;
    this.#onLinked = onLinked;
  }

  /** Keeps blobs from being removed until the returned function is called. */
  hold(blobs: readonly Blob[]): () => void {
    for (const { id } of blobs) this.#holds.set(id, (this.#holds.get(id) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      for (const { id } of blobs) this.#release(id);
    };
  }

  /** Removes what was doomed before this start: nobody reads it any more. */
  start(): void {
    const leftovers = doomedBlobs(this.#database, Number.MAX_SAFE_INTEGER);
    if (leftovers.length > 0) this.#working ??= this.#work(this.#remove(leftovers));
  }

  /** To be called after a commit that doomed blobs. */
  wake(): void {
    if (!this.#stop.signal.aborted) this.#working ??= this.#work(Promise.resolve());
  }

  /** Stops removing; what is left is removed after the next start. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#working;
  }

  async #work(before: Promise<void>): Promise<void> {
    try {
      await before;
      while (!this.#stop.signal.aborted && anyDoomedBlob(this.#database)) {
        await this.#clock.sleep(READING_GRACE_MS, this.#stop.signal);
        await this.#remove(doomedBlobs(this.#database, this.#clock.now() - READING_GRACE_MS));
      }
    } catch {
      // Stopped, or the disk refused: the blobs are still marked, and the next commit or start tries again.
    } finally {
      this.#working = undefined;
    }
  }

  async #remove(ids: readonly string[]): Promise<void> {
    const removed: string[] = [];
    let told = false;
    try {
      for (const id of ids) {
        if (this.#stop.signal.aborted) break;
        if (this.#holds.has(id)) continue;
        if (!told && (await this.#files.isLinked(id))) {
          this.#onLinked();
          told = true;
        }
        await this.#files.remove(id);
        removed.push(id);
      }
    } finally {
      if (removed.length > 0) forgetBlobs(this.#database, removed);
    }
  }

  #release(id: string): void {
    const left = (this.#holds.get(id) ?? 1) - 1;
    if (left > 0) this.#holds.set(id, left);
    else this.#holds.delete(id);
  }
}
