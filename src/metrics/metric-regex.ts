import { MetricRegexError } from './metric-regex-error.ts';
import { metricValue } from './metric-value.ts';
import { type Translation, translatePython } from './python-regex.ts';

/** A metric definition's regular expression, ready to be searched for in the lines of a log. */
export interface MetricRegex {
  /** A text without which no line matches, escaped or not. Empty: there is no such text. */
  readonly requiredText: string;
  /** The value that a line holds: its first match's first group, if that is a finite number. */
  valueIn(line: SearchedLine): number | undefined;
}

/** A line, in both forms in which it is searched. */
export interface SearchedLine {
  readonly text: string;
  /** As the log stream shows it, where that differs. Searched where nothing matches the text itself. */
  readonly escaped?: string | undefined;
  /** The text is all ASCII. */
  readonly isAscii: boolean;
}

/**
 * Compiles a regular expression in the syntax of Python's `re`, as metric definitions have it (training contract §5.1). Throws
 * `MetricRegexError`, with the cause, for one that can't be compiled, and for one without a group, which could never give a value.
 */
export function compileMetricRegex(regex: string): MetricRegex {
  const unicode = translatePython(regex, false);
  if (unicode.firstGroup === 0)
    throw new MetricRegexError('it has no group, so there is no value that it could find');
  const { requiredText } = unicode;
  const forUnicode = compile(unicode);
  const forAscii = compile(translatePython(regex, true));
  const match = (text: string, isAscii: boolean) =>
    text.includes(requiredText) ? (isAscii ? forAscii : forUnicode).exec(text) : null;
  return {
    requiredText,
    valueIn({ text, escaped, isAscii }) {
      const found = match(text, isAscii) ?? (escaped === undefined ? null : match(escaped, isAscii));
      const value = found?.[unicode.firstGroup];
      return value === undefined ? undefined : metricValue(value);
    },
  };
}

function compile({ source }: Translation): RegExp {
  try {
    return new RegExp(source, 'v');
  } catch (error) {
    throw new MetricRegexError(`it can't be compiled: ${(error as Error).message}`);
  }
}
