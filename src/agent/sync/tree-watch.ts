import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Told of something that may have changed: a name in a folder, or, without one, anything in it. */
export type OnChange = (folder: string, name: string | undefined) => void;

interface WatchedFolder {
  readonly inode: bigint;
  readonly watcher: FSWatcher;
}

/**
 * Watches the folders of a tree: each by itself, for the platform's own way to watch a whole tree watches each file. Paths are
 * relative to the root, whose own is ''.
 */
export class TreeWatch {
  readonly #root: string;
  readonly #onChange: OnChange;
  readonly #folders = new Map<string, WatchedFolder>();
  #isComplete = true;
  #isClosed = false;

  constructor(root: string, onChange: OnChange) {
    this.#root = root;
    this.#onChange = onChange;
  }

  /** Whether it could watch all that it was asked to. A machine has a limit of watches, and some file systems have none. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Watches a folder. Resolves with false when it is watched already. */
  async add(folder: string): Promise<boolean> {
    const path = join(this.#root, folder);
    const stats = await stat(path, { bigint: true }).catch(() => undefined);
    if (!stats || this.#isClosed) return true;
    const known = this.#folders.get(folder);
    if (known?.inode === stats.ino) return false;
    known?.watcher.close();
    this.#folders.delete(folder);
    try {
      const watcher = watch(path, { persistent: false }, (_event, name) =>
        this.#onChange(folder, name ?? undefined),
      );
      watcher.on('error', () => this.#lost(folder, watcher));
      this.#folders.set(folder, { inode: stats.ino, watcher });
    } catch {
      this.#isComplete = false;
    }
    return true;
  }

  /** Forgets a folder and all below. Returns whether it was one that is watched. */
  remove(folder: string): boolean {
    if (!this.#folders.has(folder)) return false;
    for (const [each, { watcher }] of this.#folders) {
      if (each !== folder && !each.startsWith(`${folder}/`)) continue;
      watcher.close();
      this.#folders.delete(each);
    }
    return true;
  }

  /** Forgets the folders that are not among these. */
  keepOnly(folders: ReadonlySet<string>): void {
    for (const [each, { watcher }] of this.#folders) {
      if (folders.has(each)) continue;
      watcher.close();
      this.#folders.delete(each);
    }
  }

  /** What could not be watched may be possible now. */
  retry(): void {
    this.#isComplete = true;
  }

  close(): void {
    this.#isClosed = true;
    this.keepOnly(new Set());
  }

  #lost(folder: string, watcher: FSWatcher): void {
    if (this.#folders.get(folder)?.watcher !== watcher) return;
    this.#folders.delete(folder);
    this.#isComplete = false;
  }
}
