import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SharedFolders } from '../object-storage.ts';

/** Folders without readers that are kept for the next one: the last ones that were read. */
const KEPT = 8;

/** The store's folders keep others out; what is shown is for all who are let in. */
const FOLDER_MODE = 0o700;
const SHOWN_MODE = 0o755;

/**
 * Folders of links to the store's files. `made/<name>/` holds each: the links in `files/`, an empty file for each reader in
 * `readers/`, and the file `brief` where it must go with its last reader. What is being made or removed is under `moving/`, which a start
 * empties. All that decides is synchronous, so that nobody takes a folder that another one is removing.
 */
export class LinkedFolders implements SharedFolders {
  readonly #made: string;
  readonly #moving: string;
  #outdated = 0;
  #removals: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#made = join(folder, 'made');
    this.#moving = join(folder, 'moving');
    mkdirSync(this.#made, { recursive: true, mode: FOLDER_MODE });
    mkdirSync(this.#moving, { recursive: true, mode: FOLDER_MODE });
    for (const left of readdirSync(this.#moving)) this.#remove(join(this.#moving, left));
  }

  take(name: string, reader: string): string | undefined {
    const folder = join(this.#made, name);
    if (!existsSync(folder)) return undefined;
    addReader(folder, reader);
    return filesOf(folder);
  }

  async make(
    name: string,
    reader: string,
    fill: (folder: string) => Promise<{ keep: boolean }>,
  ): Promise<string> {
    const folder = join(this.#moving, randomUUID());
    const outdated = this.#outdated;
    mkdirSync(readersOf(folder), { recursive: true, mode: FOLDER_MODE });
    mkdirSync(filesOf(folder), { mode: SHOWN_MODE });
    try {
      const { keep } = await fill(filesOf(folder));
      // Another one may have made it meanwhile.
      const found = this.take(name, reader);
      if (found !== undefined) {
        this.#remove(folder);
        return found;
      }
      if (!keep || outdated !== this.#outdated) markBrief(folder);
      addReader(folder, reader);
      renameSync(folder, join(this.#made, name));
      return filesOf(join(this.#made, name));
    } catch (error) {
      this.#remove(folder);
      throw error;
    }
  }

  letGo(reader: string): void {
    for (const folder of this.#folders()) rmSync(join(readersOf(folder), reader), { force: true });
    const idle = this.#folders().filter(isIdle);
    const brief = idle.filter(isBrief);
    const kept = idle.filter((folder) => !isBrief(folder)).sort((a, b) => lastRead(b) - lastRead(a));
    for (const folder of [...brief, ...kept.slice(KEPT)]) this.#drop(folder);
  }

  /** What the folders show is being removed from the store: none of them may keep it on the disk for longer than it is read. */
  outdate(): void {
    this.#outdated += 1;
    for (const folder of this.#folders()) {
      if (isIdle(folder)) this.#drop(folder);
      else markBrief(folder);
    }
  }

  /** Waits for the removals under way. Nothing else may be called any more. */
  async close(): Promise<void> {
    await this.#removals;
  }

  #folders(): string[] {
    return readdirSync(this.#made).map((name) => join(this.#made, name));
  }

  #drop(folder: string): void {
    const moved = join(this.#moving, randomUUID());
    renameSync(folder, moved);
    this.#remove(moved);
  }

  /** One after the other, as many small files keep the disk busy. What can't be removed is left to the next start. */
  #remove(folder: string): void {
    this.#removals = this.#removals.then(() => rm(folder, { recursive: true, force: true })).catch(() => {});
  }
}

const filesOf = (folder: string) => join(folder, 'files');
const readersOf = (folder: string) => join(folder, 'readers');
const briefOf = (folder: string) => join(folder, 'brief');

const addReader = (folder: string, reader: string) => writeFileSync(join(readersOf(folder), reader), '');
const markBrief = (folder: string) => writeFileSync(briefOf(folder), '');
const isBrief = (folder: string) => existsSync(briefOf(folder));
const isIdle = (folder: string) => readdirSync(readersOf(folder)).length === 0;
/** When its readers last changed. */
const lastRead = (folder: string) => statSync(readersOf(folder)).mtimeMs;
