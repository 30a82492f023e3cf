import { useEffect, useState } from 'preact/hooks';
import type { DroppedFile } from './dropped-files.ts';
import { FileUpload } from './file-upload.ts';

/** Requests at a time, of all files together: browsers have six connections to a server, and the page needs some itself. */
const SIDE_BY_SIDE = 3;

/** The uploads of this page, in the order in which they were asked for. They go on wherever one goes in it. */
class Uploads {
  readonly #listeners = new Set<() => void>();
  readonly #whoWaits = new Set<(upload: FileUpload) => void>();
  #all: readonly FileUpload[] = [];
  #senders = 0;
  #isTold = false;

  get all(): readonly FileUpload[] {
    return this.#all;
  }

  /** Uploads files to a folder of a bucket (`prefix` is empty or ends in a slash). A file of the same key takes the other's place. */
  add(bucket: string, prefix: string, files: readonly DroppedFile[]): void {
    const added = files.map(
      ({ path, file }) => new FileUpload({ bucket, key: prefix + path, file }, () => this.#changed()),
    );
    for (const { target } of added) {
      const same = this.#all.find((each) => each.target.bucket === bucket && each.target.key === target.key);
      if (same) this.remove(same);
    }
    this.#all = [...this.#all, ...added];
    this.#changed();
  }

  /** Gives an upload up, and forgets it. */
  remove(upload: FileUpload): void {
    void upload.cancel();
    this.#all = this.#all.filter((each) => each !== upload);
    this.#changed();
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Told of each file that is in its bucket. */
  onStored(listener: (upload: FileUpload) => void): () => void {
    this.#whoWaits.add(listener);
    return () => void this.#whoWaits.delete(listener);
  }

  #changed(): void {
    this.#sendOn();
    // Progress is told oftener than anybody can see it.
    if (this.#isTold) return;
    this.#isTold = true;
    requestAnimationFrame(() => {
      this.#isTold = false;
      const stored = this.#all.filter(({ stage }) => stage === 'stored');
      this.#all = this.#all.filter((each) => !stored.includes(each));
      for (const listener of this.#listeners) listener();
      for (const upload of stored) for (const listener of this.#whoWaits) listener(upload);
    });
  }

  #sendOn(): void {
    while (this.#senders < SIDE_BY_SIDE) {
      const piece = this.#nextPiece();
      if (!piece) return;
      this.#senders++;
      void piece().finally(() => {
        this.#senders--;
        this.#sendOn();
      });
    }
  }

  #nextPiece(): (() => Promise<void>) | undefined {
    for (const upload of this.#all) {
      const piece = upload.next();
      if (piece) return piece;
    }
    return undefined;
  }
}

export const uploads = new Uploads();

addEventListener('beforeunload', (event) => {
  if (uploads.all.some(({ isOpen }) => isOpen)) event.preventDefault();
});
addEventListener('pagehide', () => {
  for (const upload of uploads.all) upload.leave();
});

/** The uploads, as they go on. */
export function useUploads(): readonly FileUpload[] {
  const [, setTurn] = useState(0);
  useEffect(() => uploads.listen(() => setTurn((turn) => turn + 1)), []);
  return uploads.all;
}

/** Calls `then` whenever a file was stored in a folder of a bucket, or below it. */
export function useStored(bucket: string, prefix: string, then: () => void): void {
  useEffect(
    () =>
      uploads.onStored(({ target }) => {
        if (target.bucket === bucket && target.key.startsWith(prefix)) then();
      }),
    [bucket, prefix, then],
  );
}
