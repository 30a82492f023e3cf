import type { BigIntStats } from 'node:fs';
import { abortable } from '../abortable.ts';
import { causeOf, isTransient } from '../storage-faults.ts';
import { Alarm } from './alarm.ts';
import { Complaints } from './complaints.ts';
import { FolderView } from './folder-view.ts';
import { removeInside } from './inside.ts';
import { Lanes } from './lanes.ts';
import { uploadingMarker } from './marker-names.ts';
import { backOff, Outage } from './outage.ts';
import { FileChanged } from './send-file.ts';
import { Settled } from './settled.ts';
import { SyncJournal } from './sync-journal.ts';
import type { SyncOptions, Unsynced } from './sync-options.ts';
import { SyncedFile } from './synced-file.ts';
import { Transfer } from './transfer.ts';

/** What changes within so many milliseconds is looked at together. */
const BATCH_MS = 100;
/** After an error that nobody foresaw. */
const AFTER_ERROR_MS = 5_000;

/**
 * Keeps S3 as a folder is while an algorithm writes to it: new and changed files are stored once their content is settled, what is
 * removed here is removed there, as far as it came from this job. It goes on from what its journal says.
 */
export class FolderSync {
  readonly #options: SyncOptions;
  readonly #journal: SyncJournal;
  readonly #files: Map<string, SyncedFile>;
  /** Files that differ from what is in S3 and are neither ready nor under way. */
  readonly #waiting = new Set<SyncedFile>();
  readonly #failing = new Set<SyncedFile>();
  /** Files that a flush gave up on. */
  readonly #lost = new Set<SyncedFile>();
  readonly #view: FolderView;
  readonly #lanes: Lanes;
  readonly #settled: Settled;
  readonly #transfer: Transfer;
  readonly #outage: Outage;
  readonly #complaints: Complaints;
  readonly #alarm = new Alarm();
  readonly #ended = new AbortController();
  #running: Promise<void> | undefined;
  #flush: Promise<Unsynced | undefined> | undefined;
  #progressAt = 0;
  #saidMissing = false;

  private constructor(options: SyncOptions, journal: SyncJournal) {
    const { root, patience, shownAs } = options;
    this.#options = options;
    this.#journal = journal;
    this.#files = new Map([...journal.stored].map(([path, stored]) => [path, new SyncedFile(path, stored)]));
    for (const file of this.#files.values()) if (!file.isSynced) this.#waiting.add(file);
    this.#outage = new Outage(patience.firstRetry, patience.longestRetry);
    this.#complaints = new Complaints(shownAs, (line) => this.#isEnded || options.say(line));
    this.#settled = new Settled(options.settling, patience.removal);
    this.#lanes = new Lanes((file) => this.#bring(file));
    this.#transfer = new Transfer(options, journal, {
      onProgress: () => {
        this.#progressAt = performance.now();
      },
      onTrouble: (path, what) => this.#complaints.leftOut(path, what),
    });
    this.#view = new FolderView({
      root,
      isThere: options.isThere,
      known: () => this.#files.keys(),
      seen: (path, stats) => this.#seen(path, stats),
      other: (path, what) => this.#complaints.leftOut(path, what),
      staleMarker: (path) => void this.#dropStaleMarker(path),
      wake: () => this.#alarm.ringIn(BATCH_MS),
    });
  }

  static async open(options: SyncOptions): Promise<FolderSync> {
    return new FolderSync(options, await SyncJournal.open(options.journal));
  }

  /** Begins to keep S3 as the folder is. Calling it again is harmless. */
  watch(): void {
    this.#view.watch();
    this.#running ??= this.#run();
  }

  /**
   * Nobody writes to the folder any more: brings all that is left to S3. Resolves when that is done, or when nothing has got ahead
   * for too long, with what is missing then. Another call tries again.
   */
  flush(): Promise<Unsynced | undefined> {
    this.#flush ??= this.#flushAll().finally(() => {
      this.#flush = undefined;
    });
    return this.#flush;
  }

  /** Stops at once. What is under way is broken off, and the next one to open the folder goes on. */
  async close(): Promise<void> {
    this.#ended.abort(new Error('the sync was stopped'));
    this.#view.unwatch();
    this.#lanes.clear();
    for (const { task } of this.#files.values()) task?.abort(this.#ended.signal.reason);
    this.#alarm.ringIn(0);
    await this.#running;
    await this.#journal.close();
  }

  get #isEnded(): boolean {
    return this.#ended.signal.aborted;
  }

  get #isFlushing(): boolean {
    return this.#flush !== undefined;
  }

  async #flushAll(): Promise<Unsynced | undefined> {
    await Promise.resolve(); // `#flush` is set by now.
    this.#progressAt = performance.now();
    for (const file of this.#lost) this.#waiting.add(file);
    this.#lost.clear();
    this.#view.unwatch();
    this.#running ??= this.#run();
    this.#alarm.ringIn(0);
    await this.#running;
    const missing = [...this.#lost, ...this.#waiting];
    const [first] = missing;
    if (this.#view.isMissing) return undefined;
    if (!first) return this.#view.isFresh ? undefined : { files: 1, path: '', error: 'it was not looked at' };
    return { files: missing.length, path: first.path, error: first.error };
  }

  /** Looks, starts what is ready and sleeps, until it is closed or a flush is through. */
  async #run(): Promise<void> {
    while (!this.#isEnded) {
      const dueIn = await this.#turn().catch((error) => {
        this.#options.log(`sync of ${this.#options.shownAs}: ${error}`);
        return AFTER_ERROR_MS;
      });
      if (this.#isFlushing && this.#isThrough()) break;
      await this.#alarm.sleep(Math.min(dueIn, this.#view.dueIn));
    }
    this.#running = undefined;
  }

  /** Milliseconds until there is more to do. */
  async #turn(): Promise<number> {
    const wasFresh = this.#view.isFresh;
    await this.#view.refresh();
    if (!wasFresh) this.#progressAt = performance.now(); // To look at a large tree takes its time.
    if (this.#view.isMissing) return this.#sayMissing();
    this.#saidMissing = false;
    const busy = !this.#lanes.isIdle;
    const { ready, dueIn } = await this.#settled.select(this.#waiting, { busy, flushing: this.#isFlushing });
    for (const file of ready) {
      this.#waiting.delete(file);
      this.#lanes.add(file);
    }
    this.#lanes.start(() => (this.#isEnded ? 0 : this.#outage.allowed));
    const patienceLeft = this.#isFlushing ? this.#patienceLeft() : Number.POSITIVE_INFINITY;
    return Math.min(dueIn, patienceLeft, this.#lanes.queued > 0 ? this.#outage.dueIn || Infinity : Infinity);
  }

  /** Whether a flush has nothing left to wait for. */
  #isThrough(): boolean {
    if (this.#view.isMissing) return true;
    if (this.#view.isFresh && this.#lanes.isIdle && this.#waiting.size === 0) return true;
    if (this.#patienceLeft() > 0) return false;
    this.#waiting.clear();
    this.#lanes.clear();
    for (const file of this.#files.values()) {
      if (file.isSynced) continue;
      this.#lost.add(file);
      file.task?.abort(new Error('nothing got ahead any more'));
    }
    return true;
  }

  #patienceLeft(): number {
    return Math.max(0, this.#progressAt + this.#options.patience.flush - performance.now());
  }

  #sayMissing(): number {
    if (!this.#saidMissing) {
      this.#saidMissing = true;
      this.#complaints.folder(
        'was removed, or replaced by something that is not a folder: what is in S3 stays as it is',
      );
    }
    return Number.POSITIVE_INFINITY;
  }

  #seen(path: string, stats: BigIntStats | undefined): void {
    const file = this.#files.get(path) ?? (stats && new SyncedFile(path));
    if (!file) return;
    this.#files.set(path, file);
    const wasMarked = file.here !== undefined && file.here === file.stored?.signature;
    if (!file.see(stats)) return;
    if (wasMarked) file.unmarked = this.#transfer.unmark(file);
    this.#sort(file);
  }

  /** Puts a file where it belongs by what is known of it. */
  #sort(file: SyncedFile): void {
    if (file.task) {
      // Without the file, its upload has no use. What becomes of it otherwise shows when it ends.
      if (file.here === undefined) file.task.abort(new FileChanged());
      return;
    }
    this.#lanes.remove(file);
    this.#waiting.delete(file);
    this.#lost.delete(file);
    if (!file.isSynced) {
      this.#waiting.add(file);
      return;
    }
    this.#failing.delete(file);
    if (file.here === undefined) this.#files.delete(file.path);
  }

  /** Stores a file, or removes what was stored of one that is gone. Never rejects. */
  async #bring(file: SyncedFile): Promise<void> {
    const task = new AbortController();
    file.task = task;
    const { signal: ended } = this.#ended;
    const work = this.#transfer.bring(file, task.signal, ended);
    const [outcome] = await Promise.allSettled([abortable(work, ended)]);
    file.task = undefined;
    if (this.#isEnded) return;
    if (outcome.status === 'fulfilled') this.#succeeded(file);
    else if (outcome.reason instanceof FileChanged) this.#changed(file);
    else this.#failed(file, outcome.reason);
    if (!this.#lost.has(file)) this.#sort(file);
    this.#alarm.ringIn(this.#lanes.queued > 0 ? BATCH_MS : 0);
  }

  #changed(file: SyncedFile): void {
    file.notBefore = performance.now() + this.#options.patience.firstRetry;
    this.#view.suspect(file.path);
  }

  #succeeded(file: SyncedFile): void {
    this.#outage.succeeded();
    this.#progressAt = performance.now();
    this.#failing.delete(file);
    if (this.#failing.size === 0) this.#complaints.recovered();
  }

  #failed(file: SyncedFile, error: unknown): void {
    const { patience, bucket } = this.#options;
    file.failures += 1;
    file.error = error;
    file.notBefore = performance.now() + backOff(file.failures, patience.firstRetry, patience.longestRetry);
    this.#failing.add(file);
    this.#outage.failed(file.path);
    const uri = `s3://${bucket}/${this.#transfer.keyOf(file)}`;
    this.#complaints.failed(file.path, uri, causeOf(error), this.#waiting.size + this.#lanes.queued + 1);
    // At the end nobody is there any more who could change what the store refuses.
    if (this.#isFlushing && !isTransient(error)) this.#lost.add(file);
  }

  async #dropStaleMarker(path: string): Promise<void> {
    if (this.#files.get(path)?.task) return;
    await removeInside(this.#options.root, uploadingMarker(path)).catch(() => undefined);
  }
}
