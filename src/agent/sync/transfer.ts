import { abortable } from '../abortable.ts';
import { isGone, LeadsElsewhere, removeInside, touchInside } from './inside.ts';
import { uploadedMarker, uploadingMarker } from './marker-names.ts';
import { FileChanged, type Sending, sendFile } from './send-file.ts';
import type { SyncJournal } from './sync-journal.ts';
import type { SyncOptions } from './sync-options.ts';
import type { SyncedFile } from './synced-file.ts';

/** A removal that is not answered for so long has failed. */
const REMOVAL_MS = 60_000;
/** A file that never rests is stored again after so many times the time that storing it took. */
const REST = 10;

interface Listener {
  /** A file got further than it ever was. */
  onProgress(): void;
  onTrouble(path: string, what: string): void;
}

/** Brings single files to S3, with their markers and the journal's notes. */
export class Transfer {
  readonly #options: SyncOptions;
  readonly #journal: SyncJournal;
  readonly #listener: Listener;

  constructor(options: SyncOptions, journal: SyncJournal, listener: Listener) {
    this.#options = options;
    this.#journal = journal;
    this.#listener = listener;
  }

  /** A file that was restored goes back to where it came from. */
  keyOf({ path, stored }: SyncedFile): string {
    return stored?.key ?? this.#options.prefix + path;
  }

  /** `ended` aborts when nobody waits any more; then a store that does not heed `signal` is left to itself. */
  bring(file: SyncedFile, signal: AbortSignal, ended: AbortSignal): Promise<void> {
    if (file.here === undefined) return this.#remove(file);
    return this.#store(file, file.here, { signal, ended });
  }

  /** The file is not any more what is safe in S3. */
  async unmark({ path }: SyncedFile): Promise<void> {
    await this.#mark(path, () => removeInside(this.#options.root, uploadedMarker(path)));
  }

  async #store(
    file: SyncedFile,
    signature: string,
    signals: Pick<Sending, 'signal' | 'ended'>,
  ): Promise<void> {
    const { root, settling, bucket, patience, storage } = this.#options;
    const started = performance.now();
    const key = this.keyOf(file);
    try {
      await sendFile({
        ...{ root, path: file.path, signature, ...signals, storage, target: { bucket, key } },
        mayGrow: settling.growing !== undefined,
        stallMs: patience.stall,
        before: () => this.#announce(file, key),
        onBytes: (sent) => {
          if (sent <= file.furthest) return;
          file.furthest = sent;
          this.#listener.onProgress();
        },
      });
      await this.#mark(file.path, () => touchInside(root, uploadedMarker(file.path)));
      // From the marker on the file may be removed; a kill before the note costs one more upload.
      const stored = { key, signature };
      await this.#journal.note(file.path, stored);
      file.stored = stored;
      if (file.here !== signature) await this.unmark(file);
    } finally {
      await this.#mark(file.path, () => removeInside(root, uploadingMarker(file.path)));
    }
    if (settling.growing !== undefined) {
      const now = performance.now();
      file.differsSince = now;
      file.restUntil = now + REST * (now - started);
    }
  }

  /** Before anything of a file can be in S3, the disk says that it is this job's. */
  async #announce(file: SyncedFile, key: string): Promise<void> {
    const { root } = this.#options;
    await file.unmarked;
    if (!file.stored) {
      await this.#journal.note(file.path, { key });
      file.stored = { key };
    }
    await this.#mark(file.path, () => removeInside(root, uploadedMarker(file.path)));
    await this.#mark(file.path, () => touchInside(root, uploadingMarker(file.path)));
  }

  async #remove(file: SyncedFile): Promise<void> {
    const { bucket, isThere, storage } = this.#options;
    if (!(await isThere())) throw new FileChanged(); // All of the folder is gone: that is another case.
    await this.#mark(file.path, () => removeInside(this.#options.root, uploadedMarker(file.path)));
    const target = { bucket, key: this.keyOf(file) };
    if (file.stored) await abortable(storage.delete(target), AbortSignal.timeout(REMOVAL_MS));
    await this.#journal.forget(file.path);
    file.stored = undefined;
  }

  /** A marker that can't be made is no reason not to store the file; with the file's folder its markers are gone too. */
  async #mark(path: string, change: () => Promise<void>): Promise<void> {
    try {
      await change();
    } catch (error) {
      if (isGone(error) || error instanceof LeadsElsewhere) return;
      const code = (error as NodeJS.ErrnoException).code;
      this.#listener.onTrouble(`${path}'s marker`, `it can't be written (${code})`);
    }
  }
}
