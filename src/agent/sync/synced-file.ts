import type { BigIntStats } from 'node:fs';
import { fileId, type Signature, signatureOf } from './signature.ts';
import type { Stored } from './sync-journal.ts';

/** What a sync knows of one path. */
export class SyncedFile {
  readonly path: string;
  /** What S3 has of it. Undefined: nothing of ours. */
  stored: Stored | undefined;
  /** What is here now. Undefined: nothing. */
  here: Signature | undefined;
  size = 0;
  id = '';
  /** When `here` last changed, and when it began to differ from what is stored: monotonic milliseconds. */
  changedAt = 0;
  differsSince = 0;
  /** Nothing is tried before. */
  notBefore = 0;
  /** A file that never rests is let alone until then, but for the last flush. */
  restUntil = 0;
  failures = 0;
  error: unknown;
  /** The upload or removal that is under way. */
  task: AbortController | undefined;
  /** Its marker is being removed. */
  unmarked: Promise<void> | undefined;
  /** The most bytes of it that were ever on their way in one try. */
  furthest = 0;

  constructor(path: string, stored?: Stored) {
    this.path = path;
    this.stored = stored;
    // What an earlier agent left is taken to be unchanged until it is looked at.
    this.here = stored?.signature;
  }

  get isSynced(): boolean {
    return this.here === this.stored?.signature && (this.here !== undefined || this.stored === undefined);
  }

  /** Takes note of how the file is now. Returns whether that is news. */
  see(stats: BigIntStats | undefined): boolean {
    const here = stats && signatureOf(stats);
    if (stats) {
      this.size = Number(stats.size);
      this.id = fileId(stats);
    }
    if (here === this.here) return false;
    const now = performance.now();
    if (this.isSynced) this.differsSince = now;
    this.here = here;
    this.changedAt = now;
    this.notBefore = 0;
    this.failures = 0;
    this.furthest = 0;
    return true;
  }
}
