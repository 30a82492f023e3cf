import type { WriteStream } from 'node:tty';
import { cut } from './text.ts';

type Out = Pick<WriteStream, 'write'> & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;

/** A line that stays at the bottom of a terminal while others are printed above it. Elsewhere there is none. */
export class LiveLine {
  readonly #out: Out;
  #shown = '';

  constructor(out: Out) {
    this.#out = out;
  }

  /** Whether anybody sees it. */
  get isShown(): boolean {
    return this.#out.isTTY === true;
  }

  /** Lets whole lines be printed above it, by this stream or another one that the terminal shows. */
  above<T>(print: () => T): T {
    if (!this.#shown) return print();
    this.#out.write('\r\x1b[2K');
    const result = print();
    this.#out.write(this.#shown);
    return result;
  }

  /** One line without control characters, which is cut to fit. `style` adds colour after that. */
  show(text: string, style: (text: string) => string = (plain) => plain): void {
    if (!this.isShown) return;
    this.#shown = style(cut(text, (this.#out.columns || 80) - 1));
    this.#out.write(`\r\x1b[2K${this.#shown}`);
  }

  remove(): void {
    if (this.#shown) this.#out.write('\r\x1b[2K');
    this.#shown = '';
  }
}
