import { appendFile, readFile, writeFile } from 'node:fs/promises';

/** What a crash may cost to download again: this many files, and about this many bytes. */
const MOST_FILES = 256;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Remembers on the disk which files of a download are whole, by their numbers in its plan. Notes are written many at a time: a
 * marker or a rename for each of ten thousand small files would cost as much as the files. A file that is not in the journal
 * may be whole, half or not there.
 */
export class DownloadJournal {
  /** An agent before a crash downloaded already. */
  readonly resumed: boolean;
  readonly #path: string;
  readonly #whole: ReadonlySet<number>;
  #pending: number[] = [];
  #pendingBytes = 0;

  private constructor(path: string, text: string | undefined) {
    this.#path = path;
    this.resumed = text !== undefined;
    // A kill may have torn the last note: only those that end in a full stop are taken.
    const notes = (text ?? '').split('\n').filter((note) => /^\d+\.$/.test(note));
    this.#whole = new Set(notes.map((note) => Number.parseInt(note, 10)));
  }

  /** The journal at `path`, with what an agent before a crash noted in it. */
  static async open(path: string): Promise<DownloadJournal> {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) await writeFile(path, '');
    return new DownloadJournal(path, text);
  }

  /** Whether an earlier agent noted the file as whole. */
  has(file: number): boolean {
    return this.#whole.has(file);
  }

  /** Notes that a file is whole. */
  async note(file: number, bytes: number): Promise<void> {
    this.#pending.push(file);
    this.#pendingBytes += bytes;
    if (this.#pending.length < MOST_FILES && this.#pendingBytes < MOST_BYTES) return;
    const notes = this.#pending.map((each) => `\n${each}.`).join('');
    this.#pending = [];
    this.#pendingBytes = 0;
    await appendFile(this.#path, notes);
  }
}
