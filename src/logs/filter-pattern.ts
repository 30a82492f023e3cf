/** A filter pattern that can't be honoured, with a cause that a client can read. */
export class FilterPatternError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FilterPatternError';
  }
}

/** Whether a message passes a filter. */
export type MessageFilter = (message: string) => boolean;

/** `?` or `-`, and a phrase in quotes (in which `\"` and `\\` stand for themselves) or a word. */
const TERM = /\s*([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)/y;

/**
 * Compiles CloudWatch Logs' filter pattern for unstructured text: case-sensitive terms that must all be in the message, `"phrases"`,
 * `?terms` of which one must be where there are only such, `-terms` that must not be. The empty pattern passes everything.
 * Throws `FilterPatternError` for the patterns of structured text and for regular expressions.
 */
export function compileFilterPattern(pattern: string): MessageFilter {
  const text = pattern.trim();
  refuseStructured(text);
  const all: string[] = [];
  const any: string[] = [];
  const none: string[] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const at = TERM.lastIndex;
    const match = TERM.exec(text);
    if (!match)
      throw new FilterPatternError(`Invalid filter pattern: there is no term at character ${at + 1}`);
    const [, sign, phrase, word = ''] = match;
    const term = phrase?.replace(/\\(.)/g, '$1') ?? word;
    (sign === '?' ? any : sign === '-' ? none : all).push(term);
  }
  const needsAny = any.length > 0 && all.length === 0;
  return (message) =>
    all.every((term) => message.includes(term)) &&
    !none.some((term) => message.includes(term)) &&
    (!needsAny || any.some((term) => message.includes(term)));
}

function refuseStructured(text: string): void {
  const kind = text.startsWith('{')
    ? 'a JSON pattern ({ $.member = value })'
    : text.startsWith('[')
      ? 'a space-delimited pattern ([field, …])'
      : /^[?-]?%.*%$/s.test(text)
        ? 'a regular expression (%…%)'
        : undefined;
  if (kind) {
    throw new FilterPatternError(
      `Invalid filter pattern: ${kind} is not supported by this deployment, only terms are`,
    );
  }
}
