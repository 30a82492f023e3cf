import { constants, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { copyFile, type FileHandle, lstat, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FolderSync } from './folder-sync.ts';

/** A copy of a blob gets the blob's mode, so blobs have the mode that copies are to have; the folders keep others out. */
const BLOB_MODE = 0o644;
const FOLDER_MODE = 0o700;

/**
 * The files of the blobs. A blob is written under `incoming/` and moved to `blobs/ab/cd/<id>` once the row that names it is
 * committed. So what a crash leaves behind is in `incoming/`, and a start need not look anywhere else; and a folder whose database
 * was lost is never taken for one full of leftovers.
 */
export class BlobFiles {
  readonly #incoming: string;
  readonly #blobs: string;
  readonly #incomingSync: FolderSync;

  constructor(folder: string) {
    this.#incoming = join(folder, 'incoming');
    this.#blobs = join(folder, 'blobs');
    this.#incomingSync = new FolderSync(this.#incoming);
    mkdirSync(this.#incoming, { recursive: true, mode: FOLDER_MODE });
    mkdirSync(this.#blobs, { recursive: true, mode: FOLDER_MODE });
  }

  /** Finishes or undoes what a crash interrupted. To be called before anything is written. */
  recover(isOwned: (id: string) => boolean): void {
    for (const id of readdirSync(this.#incoming)) {
      if (isOwned(id)) this.land(id);
      else this.discard(id);
    }
  }

  /** A new file for a blob that no row names yet. */
  async create(id: string): Promise<FileHandle> {
    const file = await open(this.#incomingPath(id), 'wx', BLOB_MODE);
    await file.chmod(BLOB_MODE);
    return file;
  }

  /** Resolves when the files that were created before are sure to be found after a power cut. */
  syncEntries(): Promise<void> {
    return this.#incomingSync.sync();
  }

  /** Moves the file of a committed blob to its place. */
  land(id: string): void {
    const path = this.#path(id);
    try {
      try {
        renameSync(this.#incomingPath(id), path);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
        renameSync(this.#incomingPath(id), path);
      }
    } catch {
      // The blob is committed and whole: readers look for it here too, and the next start moves it.
    }
  }

  /** Removes the file of a blob that was not committed. */
  discard(id: string): void {
    rmSync(this.#incomingPath(id), { force: true });
  }

  /** Whether a blob's file has other names, which keep it on the disk. */
  async isLinked(id: string): Promise<boolean> {
    try {
      return (await this.#whereItIs(id, (path) => lstat(path))).nlink > 1;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /** Removes the file of a blob that no row names any more. A reader that has it open goes on reading. */
  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
    await rm(this.#incomingPath(id), { force: true });
  }

  /** Opens a committed blob for reading. */
  open(id: string): Promise<FileHandle> {
    return this.#whereItIs(id, (path) => open(path, 'r'));
  }

  /** Opens a blob that was just written and is not committed yet. */
  openIncoming(id: string): Promise<FileHandle> {
    return open(this.#incomingPath(id), 'r');
  }

  /** Copies a committed blob's file to a new file, sharing its disk blocks where the file system can (never the file itself). */
  copy(id: string, destination: string): Promise<void> {
    const mode = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
    return this.#whereItIs(id, (path) => copyFile(path, destination, mode));
  }

  /** As `copy`, but rejects where the file system can't share blocks. */
  clone(id: string, destination: string): Promise<void> {
    const mode = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE;
    return this.#whereItIs(id, (path) => copyFile(path, destination, mode));
  }

  /** Gives a committed blob's file a second name. False where the file system has no way to. */
  link(id: string, path: string): boolean {
    return tryLink(this.#path(id), path) || tryLink(this.#incomingPath(id), path);
  }

  async #whereItIs<T>(id: string, use: (path: string) => Promise<T>): Promise<T> {
    try {
      return await use(this.#path(id));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return use(this.#incomingPath(id));
    }
  }

  #incomingPath(id: string): string {
    return join(this.#incoming, id);
  }

  #path(id: string): string {
    return join(this.#blobs, id.slice(0, 2), id.slice(2, 4), id);
  }
}

/** The blob is not there; it is on another file system; that has no hard links, or allows no more of them, or none by us. */
const UNLINKABLE: readonly unknown[] = ['ENOENT', 'EXDEV', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EPERM', 'EACCES'];

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (UNLINKABLE.includes((error as NodeJS.ErrnoException).code)) return false;
    throw error;
  }
}

export const isNotFound = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
