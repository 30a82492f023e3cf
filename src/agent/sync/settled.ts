import { openForWriting } from './open-writers.ts';
import type { Settling } from './sync-options.ts';
import type { SyncedFile } from './synced-file.ts';

/** A file that is open for writing is looked at again after so many milliseconds. */
const OPEN_RECHECK_MS = 1_500;

interface Selection {
  readonly ready: readonly SyncedFile[];
  /** Milliseconds until another file may be. */
  readonly dueIn: number;
}

interface Situation {
  /** Uploads are under way or about to be. */
  readonly busy: boolean;
  /** Nobody writes any more. */
  readonly flushing: boolean;
}

/** Knows which of the files that differ from what is in S3 are ready to be brought there. */
export class Settled {
  readonly #settling: Settling;
  readonly #removalPatience: number;

  constructor(settling: Settling, removalPatience: number) {
    this.#settling = settling;
    this.#removalPatience = removalPatience;
  }

  async select(waiting: ReadonlySet<SyncedFile>, { busy, flushing }: Situation): Promise<Selection> {
    const ready: SyncedFile[] = [];
    const quiet: SyncedFile[] = [];
    let dueAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    const uploadsFirst = busy || [...waiting].some(({ here }) => here !== undefined);
    for (const file of waiting) {
      const due = flushing ? this.#dueAtTheEnd(file, uploadsFirst) : this.#due(file, uploadsFirst);
      if (due > now) dueAt = Math.min(dueAt, due);
      else if (flushing || file.here === undefined || this.#restsLong(file, now)) ready.push(file);
      else quiet.push(file);
    }
    const open = quiet.length > 0 ? await openForWriting(quiet) : new Set();
    for (const file of quiet) {
      if (!open.has(file.id)) {
        ready.push(file);
      } else {
        file.notBefore = now + OPEN_RECHECK_MS;
        dueAt = Math.min(dueAt, file.notBefore);
      }
    }
    return { ready, dueIn: Math.max(0, dueAt - performance.now()) };
  }

  #due(file: SyncedFile, uploadsFirst: boolean): number {
    const settledAt = Math.min(this.#quietAt(file), this.#tooLongAt(file));
    return Math.max(settledAt, file.restUntil, this.#dueAtTheEnd(file, uploadsFirst));
  }

  /** What takes a file's place is stored before the file is removed, so that a rename leaves no gap; but not for ever. */
  #dueAtTheEnd({ here, notBefore, changedAt }: SyncedFile, uploadsFirst: boolean): number {
    const held = here === undefined && uploadsFirst ? changedAt + this.#removalPatience : 0;
    return Math.max(notBefore, held);
  }

  #quietAt({ changedAt }: SyncedFile): number {
    return changedAt + this.#settling.quiet;
  }

  /** When a file that never rests is taken as it is. */
  #tooLongAt({ here, differsSince }: SyncedFile): number {
    const { growing } = this.#settling;
    return here === undefined || growing === undefined ? Number.POSITIVE_INFINITY : differsSince + growing;
  }

  /** It may be open for writing, but that does not count any more. */
  #restsLong(file: SyncedFile, now: number): boolean {
    return file.changedAt + this.#settling.open <= now || this.#tooLongAt(file) <= now;
  }
}
