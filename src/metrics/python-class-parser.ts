import { otherCases, otherCasesOfRange, WIDEST_FOLDED_RANGE } from './character-case.ts';
import type { PatternCursor } from './pattern-cursor.ts';
import { type CharacterSets, literal, setOf } from './python-classes.ts';

/** One member of a class: a character, or a set of them in brackets. */
type ClassItem = { readonly character: string } | { readonly set: string };

/** Translates a character class; the cursor is behind its opening bracket. */
export function parseClass(cursor: PatternCursor, sets: CharacterSets, ignoreCase: boolean): string {
  const negation = cursor.take('^') ? '^' : '';
  let body = '';
  // A bracket that comes first doesn't close the class.
  for (let first = true; first || cursor.peek() !== ']'; first = false) {
    body += parseItems(cursor, sets, ignoreCase);
  }
  cursor.next();
  return `[${negation}${body}]`;
}

function parseItems(cursor: PatternCursor, sets: CharacterSets, ignoreCase: boolean): string {
  const from = parseItem(cursor, sets);
  if (cursor.peek() !== '-' || cursor.peek(1) === ']' || cursor.peek(1) === '') {
    if ('set' in from) return from.set;
    return [from.character, ...(ignoreCase ? otherCases(from.character) : [])].map(literal).join('');
  }
  cursor.next();
  const to = parseItem(cursor, sets);
  if ('set' in from || 'set' in to) throw cursor.error('a range of characters has a set at its end');
  return range(cursor, from.character, to.character, ignoreCase);
}

function range(cursor: PatternCursor, from: string, to: string, ignoreCase: boolean): string {
  const [first = 0, last = 0] = [from.codePointAt(0), to.codePointAt(0)];
  if (first > last) throw cursor.error('a range of characters runs backwards');
  const text = `${literal(from)}-${literal(to)}`;
  if (!ignoreCase) return text;
  if (last - first > WIDEST_FOLDED_RANGE) {
    throw cursor.error(
      `a range of more than ${WIDEST_FOLDED_RANGE} characters can't be taken without regard to case`,
    );
  }
  return text + otherCasesOfRange(first, last);
}

function parseItem(cursor: PatternCursor, sets: CharacterSets): ClassItem {
  const character = cursor.next('a character class goes on');
  if (character !== '\\') return { character };
  const set = setOf(cursor.peek(), sets);
  if (set !== undefined) {
    cursor.next();
    return { set };
  }
  const escaped = cursor.escapedCharacter();
  if (escaped === undefined) throw cursor.error(`"\\${cursor.peek()}" is no escape of a character class`);
  return { character: escaped };
}
