import { performance } from 'node:perf_hooks';
import { LiveLine } from './live-line.ts';
import { bytes } from './text.ts';

const BAR = 24;
const REDRAW_MS = 100;
/** How often a plain line is due where there is no terminal. */
const PLAIN_MS = 5000;

/** How far a transfer is. */
export interface Amount {
  readonly done: number;
  /** Bytes. */
  readonly total: number;
}

/** `uploading data  [########················]  33%  1.2 MB of 3.6 MB`, without colour. */
export function progressText(what: string, { done, total }: Amount): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.floor(share * BAR);
  const bar = `${'#'.repeat(filled)}${'·'.repeat(BAR - filled)}`;
  return `${what}  [${bar}]  ${String(Math.floor(share * 100)).padStart(3)}%  ${bytes(done)} of ${bytes(total)}`;
}

/** Shows how far a transfer is: a bar on a terminal, else a line now and then. */
export class Progress {
  readonly #what: string;
  readonly #total: number;
  readonly #line: LiveLine;
  readonly #print: (line: string) => void;
  #done = 0;
  #shownAt: number;

  constructor(what: string, total: number, out: NodeJS.WriteStream = process.stderr) {
    this.#what = what;
    this.#total = total;
    this.#line = new LiveLine(out);
    this.#print = (line) => out.write(`${line}\n`);
    this.#shownAt = performance.now();
    this.#line.show(this.#text());
  }

  /** So many bytes more are done. */
  add(count: number): void {
    this.#done += count;
    const now = performance.now();
    if (now - this.#shownAt < (this.#line.isShown ? REDRAW_MS : PLAIN_MS)) return;
    this.#shownAt = now;
    if (this.#line.isShown) this.#line.show(this.#text());
    else this.#print(this.#text());
  }

  /** Removes the bar. */
  end(): void {
    this.#line.remove();
  }

  #text(): string {
    return progressText(this.#what, { done: this.#done, total: this.#total });
  }
}
