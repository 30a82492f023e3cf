/** The sets behind Python's `\d`, `\w` and `\s`, as they stand within the brackets of a JavaScript class (flag `v`). */
export interface CharacterSets {
  readonly d: string;
  readonly w: string;
  readonly s: string;
}

/** Python's: those of Unicode. */
export const UNICODE_SETS: CharacterSets = {
  d: '\\p{Nd}',
  w: '\\p{L}\\p{N}_',
  s: '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000',
};

/** The part of the same that is ASCII: with text that is ASCII they match alike, and several times as fast. */
export const UNICODE_SETS_IN_ASCII: CharacterSets = { d: '0-9', w: 'A-Za-z0-9_', s: '\\t-\\r\\x1c-\\x20' };

/** Those of the flag `a`. */
export const ASCII_SETS: CharacterSets = { d: '0-9', w: 'A-Za-z0-9_', s: '\\t-\\r\\x20' };

/** A set, or its complement for a capital letter: `[...]` or `[^...]`, which also stands within another class. */
export function setOf(letter: string, sets: CharacterSets): string | undefined {
  const lower = letter.toLowerCase();
  if (lower !== 'd' && lower !== 'w' && lower !== 's') return undefined;
  return letter === lower ? `[${sets[lower]}]` : `[^${sets[lower]}]`;
}

/** A word's border, or with `B` what isn't one. */
export function wordBorder(letter: 'b' | 'B', sets: CharacterSets): string {
  const word = `[${sets.w}]`;
  return letter === 'b'
    ? `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`
    : `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`;
}

/** A character that means itself, inside and outside of classes. */
export function literal(character: string): string {
  if (/^[A-Za-z0-9]$/.test(character)) return character;
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
