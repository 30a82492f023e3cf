import type { BigIntStats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isSyncedName, markedAsUploading } from './marker-names.ts';
import { look, lstatIfThere, scanTree, type Visitor } from './scan-tree.ts';
import { TreeWatch } from './tree-watch.ts';

export interface ViewOptions {
  /** The folder's real path. */
  readonly root: string;
  /** Whether it stands where it should, and no link is in its place. */
  isThere(): Promise<boolean>;
  /** Paths of the files that are believed to be there. */
  known(): Iterable<string>;
  /** A file as it is now; undefined when it is gone. */
  seen(path: string, stats: BigIntStats | undefined): void;
  /** Something that S3 can't hold, or that can't be read. */
  other(path: string, what: string): void;
  /** The marker of a file that was being sent when an earlier agent was killed. */
  staleMarker(path: string): void;
  /** Something may have changed. */
  wake(): void;
}

/** The whole tree is looked at this often although it is watched: a watch may miss something when very much happens. */
const NET_MS = 60_000;
/** And this often where not all of it can be watched. */
const BLIND_NET_MS = 5_000;
/** But the looking takes at most this part of the time. */
const NET_SHARE = 1 / 50;
/** A folder that was removed is looked for this often. */
const MISSING_MS = 2_000;

/** What is in a folder that an algorithm writes to: kept up to date by watching it, and by looking at all of it now and then. */
export class FolderView {
  readonly #options: ViewOptions;
  readonly #changed = new Set<string>();
  #watch: TreeWatch | undefined;
  #nextScan = 0;
  #hasScanned = false;
  #isMissing = false;
  #isFresh = false;

  constructor(options: ViewOptions) {
    this.#options = options;
  }

  /** The folder is not there, or something else is in its place: nothing is known of its files. */
  get isMissing(): boolean {
    return this.#isMissing;
  }

  /** All of it was looked at since it is watched, or since it is not any more. */
  get isFresh(): boolean {
    return this.#isFresh;
  }

  /** Milliseconds until there is something to look at without being told. */
  get dueIn(): number {
    return Math.max(0, this.#nextScan - performance.now());
  }

  /** Begins to watch; the next `refresh` looks at everything. No effect while it does. */
  watch(): void {
    if (this.#watch) return;
    this.#watch = new TreeWatch(this.#options.root, (folder, name) => this.#told(folder, name));
    this.#lookAtAll();
  }

  /** Watches no more; the next `refresh` looks at everything. */
  unwatch(): void {
    this.#watch?.close();
    this.#watch = undefined;
    this.#lookAtAll();
  }

  /** The file must be looked at. */
  suspect(path: string): void {
    this.#changed.add(path);
    this.#options.wake();
  }

  /** Looks at what may have changed, and at everything when that is due. */
  async refresh(): Promise<void> {
    if (this.dueIn === 0) return this.#scan();
    if (this.#changed.size === 0) return;
    // When all of the folder goes, its files go first.
    if (!(await this.#options.isThere())) return this.#scan();
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const path of changed) await this.#carefully(path, () => this.#lookAt(path));
  }

  #lookAtAll(): void {
    this.#nextScan = 0;
    this.#isFresh = false;
  }

  #told(folder: string, name: string | undefined): void {
    if (name === undefined || (folder === '' && name === basename(this.#options.root))) {
      this.#nextScan = 0; // Many things at once, or the folder itself.
    } else if (isSyncedName(name)) {
      this.#changed.add(folder === '' ? name : `${folder}/${name}`);
    } else {
      return;
    }
    this.#options.wake();
  }

  async #scan(): Promise<void> {
    const started = performance.now();
    this.#changed.clear();
    this.#isMissing = !(await this.#options.isThere());
    if (this.#isMissing) {
      this.#nextScan = performance.now() + MISSING_MS;
      return;
    }
    this.#watch?.retry();
    this.#nextScan = started + BLIND_NET_MS; // Should this fail; sooner when something comes up meanwhile.
    const told = this.#nextScan;
    const files = new Set<string>();
    const folders = new Set<string>();
    await scanTree(this.#options.root, '', this.#visitor(files, folders));
    this.#watch?.keepOnly(folders);
    await this.#missAll([...this.#options.known()].filter((path) => !files.has(path)));
    this.#hasScanned = true;
    const took = performance.now() - started;
    const pause = Math.max(this.#watch?.isComplete ? NET_MS : BLIND_NET_MS, took / NET_SHARE);
    if (this.#nextScan < told) return;
    this.#nextScan = performance.now() + pause;
    this.#isFresh = true;
  }

  #visitor(files: Set<string>, folders: Set<string>): Visitor {
    const { seen, other, staleMarker } = this.#options;
    return {
      folder: async (path) => {
        folders.add(path);
        await this.#watch?.add(path);
      },
      file: (path, stats) => {
        const sent = markedAsUploading(path);
        if (sent !== undefined && !this.#hasScanned) staleMarker(sent);
        if (!isSyncedName(path)) return;
        files.add(path);
        seen(path, stats);
      },
      other: (path, what) => {
        if (isSyncedName(path)) other(path, what);
      },
    };
  }

  async #lookAt(path: string): Promise<void> {
    const visitor = this.#visitor(new Set(), new Set());
    const stats = await this.#statsOf(path);
    if (stats?.isDirectory()) {
      if (await this.#watch?.add(path)) await scanTree(this.#options.root, path, visitor);
      this.#options.seen(path, undefined);
      return;
    }
    if (this.#watch?.remove(path)) {
      await this.#missAll([...this.#options.known()].filter((each) => each.startsWith(`${path}/`)));
    }
    if (stats?.isFile()) {
      this.#options.seen(path, stats);
    } else {
      this.#options.seen(path, undefined);
      await look(this.#options.root, path, visitor);
    }
  }

  /** Files that were not found are gone only when each is looked for and not there. */
  async #missAll(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      await this.#carefully(path, async () => {
        const stats = await this.#statsOf(path);
        this.#options.seen(path, stats?.isFile() ? stats : undefined);
      });
    }
  }

  /** Of a path with nothing but folders on the way to it. */
  async #statsOf(path: string): Promise<BigIntStats | undefined> {
    const parent = dirname(path);
    if (parent !== '.' && !(await this.#statsOf(parent))?.isDirectory()) return undefined;
    return lstatIfThere(this.#options.root, path);
  }

  async #carefully(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.other(path, `it can't be looked at (${(error as NodeJS.ErrnoException).code})`);
    }
  }
}
