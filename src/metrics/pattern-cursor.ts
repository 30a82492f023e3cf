import { MetricRegexError } from './metric-regex-error.ts';

const SIMPLE_ESCAPES = new Map(
  Object.entries({ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' }),
);
const HEX_DIGITS = new Map(Object.entries({ x: 2, u: 4, U: 8 }));
const LAST_CODE_POINT = 0x10ffff;

/** Walks through the text of a Python pattern, character by character, and tells where something is wrong with it. */
export class PatternCursor {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#characters = [...pattern];
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#characters.length;
  }

  get position(): number {
    return this.#at;
  }

  peek(ahead = 0): string {
    return this.#characters[this.#at + ahead] ?? '';
  }

  next(what = 'the pattern goes on'): string {
    const character = this.#characters[this.#at];
    if (character === undefined) throw this.error(`it ends where ${what}`);
    this.#at++;
    return character;
  }

  /** Takes `text` if it comes next. */
  take(text: string): boolean {
    if (
      !this.#characters
        .slice(this.#at, this.#at + text.length)
        .join('')
        .startsWith(text)
    )
      return false;
    this.#at += [...text].length;
    return true;
  }

  /** Takes what a sticky expression matches here. */
  match(form: RegExp): RegExpExecArray | undefined {
    const match = form.exec(this.#characters.slice(this.#at).join(''));
    if (match?.index !== 0) return undefined;
    this.#at += [...match[0]].length;
    return match;
  }

  /** Takes all up to `end`, and that. */
  until(end: string): string {
    const from = this.#at;
    while (!this.isAtEnd) if (this.next() === end) return this.#characters.slice(from, this.#at - 1).join('');
    throw this.error(`"${end}" is missing`);
  }

  /** The character that an escape stands for; the cursor is behind the backslash. `undefined`: it stands for something else. */
  escapedCharacter(): string | undefined {
    const letter = this.peek();
    const octal = this.match(/^(?:0[0-7]{0,2}|[0-3][0-7]{2})/);
    if (octal) return String.fromCodePoint(Number.parseInt(octal[0], 8));
    const digits = HEX_DIGITS.get(letter);
    if (digits !== undefined) return this.#hexadecimal(digits);
    const simple = SIMPLE_ESCAPES.get(letter);
    if (simple === undefined && /[A-Za-z0-9]/.test(letter)) return undefined;
    this.next('an escape goes on');
    return simple ?? letter;
  }

  error(problem: string): MetricRegexError {
    return new MetricRegexError(`${problem} (at character ${this.#at + 1})`);
  }

  #hexadecimal(digits: number): string {
    this.next();
    const match = this.match(new RegExp(`^[0-9A-Fa-f]{${digits}}`));
    const code = Number.parseInt(match?.[0] ?? '', 16);
    if (!(code <= LAST_CODE_POINT)) throw this.error(`an escape needs ${digits} hexadecimal digits`);
    return String.fromCodePoint(code);
  }
}
