/** A line about failures is said at most this often. */
const PAUSE_MS = 60_000;
/** So many things that are left out are named one by one. */
const MOST_NAMED = 20;

/** What a sync says in its job's log: that something goes wrong and that it goes right again, without flooding it. */
export class Complaints {
  readonly #say: (line: string) => void;
  readonly #folder: string;
  readonly #leftOut = new Set<string>();
  #saidAt = Number.NEGATIVE_INFINITY;
  #isFailing = false;

  /** `folder` as the algorithm knows it. */
  constructor(folder: string, say: (line: string) => void) {
    this.#folder = folder;
    this.#say = say;
  }

  failed(path: string, uri: string, cause: string, waiting: number): void {
    this.#isFailing = true;
    if (performance.now() - this.#saidAt < PAUSE_MS) return;
    this.#saidAt = performance.now();
    const others = waiting > 1 ? ` (${waiting} files are waiting)` : '';
    this.#say(`${this.#folder}/${path} could not be brought to ${uri}: ${cause}; it is tried again${others}`);
  }

  /** Everything that had failed has been done. */
  recovered(): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#saidAt = Number.NEGATIVE_INFINITY;
    this.#say(`${this.#folder} is in S3 again as it is here`);
  }

  /** Something that is not brought to S3, said once. */
  leftOut(path: string, what: string): void {
    if (this.#leftOut.size >= MOST_NAMED || this.#leftOut.has(path)) return;
    this.#leftOut.add(path);
    this.#say(`${this.#folder}/${path} is not synced: ${what}`);
    if (this.#leftOut.size === MOST_NAMED) this.#say(`${this.#folder}: what else is not synced is not named`);
  }

  /** Something about the folder itself. */
  folder(line: string): void {
    this.#say(`${this.#folder} ${line}`);
  }
}
