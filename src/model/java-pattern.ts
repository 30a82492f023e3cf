// What Java's `.` doesn't match; JavaScript's matches U+0085.
const NOT_A_LINE_END = '[^\\n\\r\\u0085\\u2028\\u2029]';
const ALNUM = 'A-Za-z0-9';

/**
 * A regular expression that matches a whole string where Java's does. The model's patterns are Java's and match by code points;
 * the three spellings that JavaScript reads otherwise are rewritten: `\p{Alnum}`, `.`, and `\-` outside of a class.
 */
export function javaPattern(pattern: string): RegExp {
  let inClass = false;
  const source = pattern.replace(/\\p\{Alnum\}|\\.|[[\].]/gsu, (token) => {
    switch (token) {
      case '[':
        inClass = true;
        return token;
      case ']':
        inClass = false;
        return token;
      case '\\p{Alnum}':
        return inClass ? ALNUM : `[${ALNUM}]`;
      case '.':
        return inClass ? token : NOT_A_LINE_END;
      case '\\-':
        return inClass ? token : '-';
      default:
        return token;
    }
  });
  return new RegExp(`^(?:${source})$`, 'u');
}
