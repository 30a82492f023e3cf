import { otherCases } from './character-case.ts';
import { PatternCursor } from './pattern-cursor.ts';
import { parseClass } from './python-class-parser.ts';
import {
  ASCII_SETS,
  type CharacterSets,
  literal,
  setOf,
  UNICODE_SETS,
  UNICODE_SETS_IN_ASCII,
  wordBorder,
} from './python-classes.ts';
import { RequiredText } from './required-text.ts';

/** What a Python pattern is in JavaScript. */
export interface Translation {
  /** Source of a RegExp with the flag `v`. */
  readonly source: string;
  /** Index of the pattern's first capture group among the RegExp's. 0: it has none. */
  readonly firstGroup: number;
  /** A text without which no line matches. Empty: there is no such text. */
  readonly requiredText: string;
}

interface Flags {
  readonly ascii: boolean;
  readonly ignoreCase: boolean;
  readonly verbose: boolean;
}

/** A piece of a pattern that a quantifier may follow, or not. */
interface Atom {
  readonly source: string;
  readonly kind: 'character' | 'any' | 'other' | 'lookaround' | 'anchor';
  readonly character?: string;
}

/**
 * Translates the syntax of Python's `re` (3.14) for subjects without newlines: the lines of a log. With `asciiText` the result
 * only holds for subjects that are ASCII, and is faster. What JavaScript can't express is refused with a `MetricRegexError`:
 * conditional groups, named characters, references back without regard to case. One difference stays: a reference back to a group
 * that took no part matches the empty text. Where case doesn't matter, each character is spelled in its cases: the `(?i:…)` of the
 * platform lets go of case in places where it must not (V8 14.6: `/1(?i:A)x|[a]/` finds "A").
 */
export const translatePython = (pattern: string, asciiText: boolean): Translation =>
  new Translator(pattern, asciiText).translate();

class Translator {
  readonly #cursor: PatternCursor;
  readonly #asciiText: boolean;
  readonly #required = new RequiredText();
  readonly #names = new Map<string, number>();
  readonly #openGroups: number[] = [];
  #groups = 0;
  #atomics = 0;

  constructor(pattern: string, asciiText: boolean) {
    this.#cursor = new PatternCursor(pattern);
    this.#asciiText = asciiText;
  }

  translate(): Translation {
    const flags = this.#globalFlags();
    const source = this.#alternatives(flags, 0);
    if (!this.#cursor.isAtEnd) throw this.#cursor.error('a parenthesis is closed that was not opened');
    const captures = [...source.matchAll(/\(\?<([ga]\d+)>/g)].map(([, name]) => name);
    return { source, firstGroup: captures.indexOf('g1') + 1, requiredText: this.#required.text };
  }

  /** The flags at the beginning, which hold for the whole pattern. `m` and `s` change nothing within one line. */
  #globalFlags(): Flags {
    let flags: Flags = { ascii: false, ignoreCase: false, verbose: false };
    for (let match = this.#flagGroup(); match; match = this.#flagGroup())
      flags = this.#withFlags(flags, match);
    return flags;
  }

  #flagGroup(): string | undefined {
    return this.#cursor.match(/^\(\?([aiLmsux]+)\)/)?.[1];
  }

  #withFlags(flags: Flags, letters: string): Flags {
    if (letters.includes('L')) throw this.#cursor.error('the flag "L" does not apply to text');
    return {
      ascii: flags.ascii ? !letters.includes('u') : letters.includes('a'),
      ignoreCase: flags.ignoreCase || letters.includes('i'),
      verbose: flags.verbose || letters.includes('x'),
    };
  }

  #alternatives(flags: Flags, depth: number): string {
    let source = this.#sequence(flags, depth);
    while (this.#cursor.take('|')) {
      if (depth === 0) this.#required.giveUp();
      source += `|${this.#sequence(flags, depth)}`;
    }
    return source;
  }

  #sequence(flags: Flags, depth: number): string {
    let source = '';
    for (;;) {
      if (flags.verbose) this.#skipBlanks();
      const next = this.#cursor.peek();
      if (next === '' || next === '|' || next === ')') return source;
      const atom = this.#atom(flags, depth);
      if (!atom) continue;
      const isFirst = depth === 0 && source === '';
      source += this.#quantified(atom, flags, depth, isFirst);
    }
  }

  #skipBlanks(): void {
    this.#cursor.match(/^(?:[ \t\n\r\f\v]+|#[^\n]*)+/);
  }

  /** An atom with the quantifier that follows it, if any. */
  #quantified(atom: Atom, flags: Flags, depth: number, isFirst: boolean): string {
    if (flags.verbose) this.#skipBlanks();
    const quantifier = this.#quantifier();
    if (depth === 0) this.#required.add(atom.character, quantifier?.min ?? 1, quantifier !== undefined);
    if (!quantifier) return atom.source;
    if (atom.kind === 'anchor') throw this.#cursor.error('there is nothing to repeat');
    const repeated = atom.kind === 'lookaround' ? `(?:${atom.source})` : atom.source;
    if (quantifier.possessive) return this.#atomic(repeated + quantifier.source);
    // What begins with "anything" begins at the start of the line or nowhere: tried there only, it costs no square of its length.
    const anchor = isFirst && atom.kind === 'any' && quantifier.max === undefined ? '^' : '';
    return anchor + repeated + quantifier.source;
  }

  #quantifier() {
    const from = this.#cursor.position;
    const match = this.#cursor.match(/^(?:[*+?]|\{(?:\d+(?:,\d*)?|,\d*)\})/);
    if (!match) return undefined;
    const [text] = match;
    const [low = '', high = low] = text.slice(1, -1).split(',');
    const min = text === '*' || text === '?' ? 0 : text === '+' ? 1 : Number(low);
    const max = text === '?' ? 1 : text.startsWith('{') && high !== '' ? Number(high) : undefined;
    if (max !== undefined && max < min)
      throw this.#cursor.error('a repetition has its numbers the wrong way round');
    const possessive = this.#cursor.take('+');
    const lazy = !possessive && this.#cursor.take('?');
    if (this.#cursor.match(/^(?:[*+?]|\{(?:\d+(?:,\d*)?|,\d*)\})/)) {
      throw this.#cursor.error(`a repetition is repeated that begins at character ${from + 1}`);
    }
    return { min, max, possessive, source: `{${min},${max ?? ''}}${lazy ? '?' : ''}` };
  }

  /** An atomic group: a lookahead never goes back into itself. */
  #atomic(source: string): string {
    const name = `a${++this.#atomics}`;
    return `(?:(?=(?<${name}>${source}))\\k<${name}>)`;
  }

  #atom(flags: Flags, depth: number): Atom | undefined {
    const character = this.#cursor.next();
    switch (character) {
      case '.':
        return { source: '[^\\n]', kind: 'any' };
      case '^':
        return { source: '^', kind: 'anchor' };
      case '$':
        return { source: '$', kind: 'anchor' };
      case '[':
        return { source: parseClass(this.#cursor, this.#sets(flags), flags.ignoreCase), kind: 'other' };
      case '(':
        return this.#group(flags, depth);
      case '\\':
        return this.#escape(flags);
      case '*':
      case '+':
      case '?':
        throw this.#cursor.error('there is nothing to repeat');
      default:
        return this.#character(character, flags);
    }
  }

  #sets({ ascii }: Flags): CharacterSets {
    if (ascii) return ASCII_SETS;
    return this.#asciiText ? UNICODE_SETS_IN_ASCII : UNICODE_SETS;
  }

  #escape(flags: Flags): Atom {
    const cursor = this.#cursor;
    const letter = cursor.peek();
    const sets = this.#sets(flags);
    if (letter === 'A' || letter === 'Z' || letter === 'z') {
      cursor.next();
      return { source: letter === 'A' ? '^' : '$', kind: 'anchor' };
    }
    if (letter === 'b' || letter === 'B') {
      cursor.next();
      return { source: wordBorder(letter, sets), kind: 'anchor' };
    }
    const set = setOf(letter, sets);
    if (set !== undefined) {
      cursor.next();
      return { source: set, kind: 'other' };
    }
    if (letter === 'N') throw cursor.error('named characters ("\\N{…}") are not supported');
    const character = cursor.escapedCharacter();
    if (character !== undefined) return this.#character(character, flags);
    const reference = cursor.match(/^[1-9]\d?/);
    if (reference) return this.#reference(Number(reference[0]), flags);
    throw cursor.error(`"\\${letter}" is no escape`);
  }

  #character(character: string, { ignoreCase }: Flags): Atom {
    const others = ignoreCase ? otherCases(character) : [];
    if (others.length === 0) return { source: literal(character), kind: 'character', character };
    return { source: `[${[character, ...others].map(literal).join('')}]`, kind: 'other' };
  }

  #reference(group: number, { ignoreCase }: Flags): Atom {
    if (ignoreCase) throw this.#cursor.error('references back without regard to case are not supported');
    if (group > this.#groups) throw this.#cursor.error(`there is no group ${group} to refer back to`);
    if (this.#openGroups.includes(group)) throw this.#cursor.error(`group ${group} refers back to itself`);
    return { source: `\\k<g${group}>`, kind: 'other' };
  }

  /** Whatever a parenthesis opens; the cursor is behind it. `undefined` for a comment. */
  #group(flags: Flags, depth: number): Atom | undefined {
    const cursor = this.#cursor;
    if (!cursor.take('?')) return this.#capture(flags, depth);
    if (cursor.take('#')) {
      cursor.until(')');
      return undefined;
    }
    if (cursor.take('P=')) return this.#namedReference(flags);
    if (cursor.take('P<')) return this.#capture(flags, depth, cursor.until('>'));
    for (const sign of ['=', '!', '<=', '<!']) {
      if (cursor.take(sign)) return { source: `(?${sign}${this.#inside(flags, depth)})`, kind: 'lookaround' };
    }
    if (cursor.take('>')) return { source: this.#atomic(this.#inside(flags, depth)), kind: 'other' };
    if (cursor.peek() === '(') throw cursor.error('conditional groups ("(?(1)…)") are not supported');
    return this.#plainGroup(flags, depth);
  }

  /** `(?:…)`, with flags of its own or without. */
  #plainGroup(flags: Flags, depth: number): Atom {
    if (this.#flagsOnly())
      throw this.#cursor.error('flags for the whole expression do not stand at its beginning');
    const match = this.#cursor.match(/^([aiLmsux]*)(?:-([imsx]+))?:/);
    if (!match) throw this.#cursor.error(`"(?${this.#cursor.peek()}" is no kind of group`);
    const [, on = '', off = ''] = match;
    const added = this.#withFlags(flags, on);
    const ignoreCase = added.ignoreCase && !off.includes('i');
    const inner = { ...added, ignoreCase, verbose: added.verbose && !off.includes('x') };
    return { source: `(?:${this.#inside(inner, depth)})`, kind: 'other' };
  }

  #flagsOnly(): boolean {
    return this.#cursor.match(/^[aiLmsux]+\)/) !== undefined;
  }

  #capture(flags: Flags, depth: number, name?: string): Atom {
    const group = ++this.#groups;
    if (name !== undefined) this.#name(name, group);
    this.#openGroups.push(group);
    const source = `(?<g${group}>${this.#inside(flags, depth)})`;
    this.#openGroups.pop();
    return { source, kind: 'other' };
  }

  #name(name: string, group: number): void {
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) throw this.#cursor.error(`"${name}" is no name for a group`);
    if (this.#names.has(name)) throw this.#cursor.error(`the group name "${name}" is used twice`);
    this.#names.set(name, group);
  }

  #namedReference(flags: Flags): Atom {
    const name = this.#cursor.until(')');
    const group = this.#names.get(name);
    if (group === undefined) throw this.#cursor.error(`there is no group "${name}" to refer back to`);
    return this.#reference(group, flags);
  }

  #inside(flags: Flags, depth: number): string {
    const source = this.#alternatives(flags, depth + 1);
    if (!this.#cursor.take(')')) throw this.#cursor.error('a parenthesis is not closed');
    return source;
  }
}
