import { type FileHandle, open } from 'node:fs/promises';
import type { Segment } from './segments.ts';
import type { Spool } from './spool.ts';

/** How far the wishes of one epoch may be ahead of its reader, which is what they take of the disk. One segment is always asked for. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_SEGMENTS = 32;

interface Wish {
  readonly id: string;
  readonly segment: Segment;
  readonly path: Promise<string>;
}

/** The segments of an epoch in order, asked for ahead of their use. */
export class ReadAhead {
  readonly #segments: Iterator<Segment>;
  readonly #spool: Spool;
  readonly #name: string;
  readonly #wishes: Wish[] = [];
  #count = 0;
  #bytes = 0;

  /** `name` is of this epoch alone. */
  constructor(segments: Iterator<Segment>, spool: Spool, name: string) {
    this.#segments = segments;
    this.#spool = spool;
    this.#name = name;
  }

  /** The file of the next segment, open for the caller to close. Its name is gone: nothing of it stays when the feeder ends. */
  async next(): Promise<FileHandle> {
    this.#wish();
    const wish = this.#wishes.shift();
    if (!wish) throw new Error('more is read than there are segments');
    try {
      return await open(await wish.path);
    } finally {
      this.#bytes -= wish.segment.length;
      await this.#spool.drop(wish.id);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#wishes.splice(0).map((wish) => this.#spool.drop(wish.id)));
  }

  #wish(): void {
    while (this.#wishes.length === 0 || (this.#wishes.length < MOST_SEGMENTS && this.#bytes < MOST_BYTES)) {
      const { value: segment, done } = this.#segments.next();
      if (done) return;
      const id = `${this.#name}.${this.#count++}`;
      const path = this.#spool.fetch(id, segment);
      path.catch(() => {}); // Whoever takes it from the queue hears of it.
      this.#wishes.push({ id, segment, path });
      this.#bytes += segment.length;
    }
  }
}
