import { literal } from './python-classes.ts';

/** A range of more characters than this isn't searched for their other cases. */
export const WIDEST_FOLDED_RANGE = 65_536;

/** A character in its other cases, those of them that are one character. */
export function otherCases(character: string): string[] {
  const cases = new Set([character.toLowerCase(), character.toUpperCase()]);
  cases.delete(character);
  return [...cases].filter((other) => [...other].length === 1);
}

/** The other cases of a range's characters, as they stand within the brackets of a class. */
export function otherCasesOfRange(from: number, to: number): string {
  const others = new Set<string>();
  for (let code = from; code <= to; code++) {
    for (const other of otherCases(String.fromCodePoint(code))) {
      const folded = other.codePointAt(0) ?? 0;
      if (folded < from || folded > to) others.add(literal(other));
    }
  }
  return [...others].join('');
}
