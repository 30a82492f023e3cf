import { type FileHandle, open, readFile, rename, writeFile } from 'node:fs/promises';
import type { Signature } from './signature.ts';

/** What S3 holds of a file. */
export interface Stored {
  readonly key: string;
  /** Of the file that was stored. Absent: something of it may be in S3, but nobody knows what. */
  readonly signature?: Signature;
  /** Of the object that it was restored from. */
  readonly etag?: string;
}

/** It is written anew when so many lines more than needed are in it. */
const MOST_STALE_LINES = 10_000;

type Line = readonly [path: string, key?: string, signature?: Signature | null, etag?: string];

/**
 * Remembers on the disk what of a folder is in S3 because of this job: restored from there, stored there, or begun to be. Only
 * this the job may remove. A line per change; what many callers note at a time is written at once.
 */
export class SyncJournal {
  /** There was one before: an earlier agent's. */
  readonly resumed: boolean;
  readonly #path: string;
  readonly #stored: Map<string, Stored>;
  #file: FileHandle | undefined;
  #lines: number;
  #unwritten: string[] = [];
  #writing: Promise<void> | undefined;

  private constructor(path: string, text: string | undefined) {
    this.#path = path;
    this.resumed = text !== undefined;
    const lines = (text ?? '').split('\n').flatMap(parsed);
    this.#lines = lines.length;
    this.#stored = new Map();
    for (const [name, key, signature, etag] of lines) {
      if (key === undefined) this.#stored.delete(name);
      else this.#stored.set(name, { key, ...(signature && { signature }), ...(etag && { etag }) });
    }
  }

  static async open(path: string): Promise<SyncJournal> {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    const journal = new SyncJournal(path, text);
    journal.#file = await open(path, 'a', 0o600);
    return journal;
  }

  get stored(): ReadonlyMap<string, Stored> {
    return this.#stored;
  }

  /** Resolves when it is on the disk. */
  async note(path: string, stored: Stored): Promise<void> {
    this.#stored.set(path, stored);
    await this.#append(lineOf(path, stored));
  }

  /** Nothing of the file is in S3 any more. */
  async forget(path: string): Promise<void> {
    this.#stored.delete(path);
    await this.#append(JSON.stringify([path]));
  }

  /** Also while something is being written: that is written to its end. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await this.#writing?.catch(() => undefined);
    await file?.close();
  }

  async #append(line: string): Promise<void> {
    this.#unwritten.push(`\n${line}`);
    // What is being written now was taken before this line came.
    await this.#writing?.catch(() => undefined);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async #write(): Promise<void> {
    if (!this.#file) throw new Error('the journal is closed');
    if (this.#lines > 2 * this.#stored.size + MOST_STALE_LINES) await this.#rewrite(this.#file);
    const lines = this.#unwritten;
    this.#unwritten = [];
    await this.#file.appendFile(lines.join(''));
    this.#lines += lines.length;
  }

  async #rewrite(old: FileHandle): Promise<void> {
    const lines = [...this.#stored].map(([path, stored]) => `\n${lineOf(path, stored)}`);
    await writeFile(`${this.#path}.new`, lines.join(''), { mode: 0o600 });
    const file = await open(`${this.#path}.new`, 'a');
    await rename(`${this.#path}.new`, this.#path);
    this.#file = file;
    this.#lines = lines.length;
    await old.close();
  }
}

const lineOf = (path: string, { key, signature, etag }: Stored): string =>
  JSON.stringify([path, key, signature ?? null, ...(etag ? [etag] : [])]);

/** A kill may have torn a line: then what it says is not known, and the file is stored again. */
function parsed(line: string): Line[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as Line];
  } catch {
    return [];
  }
}
