import { isAscii } from 'node:buffer';
import { eventBounds } from '../../logs/event-bounds.ts';
import { escapeControls, hasControls } from '../../logs/message.ts';
import { OWN_LINE_MARK } from '../../logs/own-line.ts';
import type { MetricRegex, SearchedLine } from '../../metrics/metric-regex.ts';

/** A value that a definition found. `definition` is its index; `end` the end of the line it stands in. */
export interface Found {
  readonly definition: number;
  readonly value: number;
  readonly end: number;
}

/** What a part of a log held. */
export interface Scanned {
  /** Length of the whole lines that were searched. */
  readonly length: number;
  /** In the order of lines; within a line, in the order of definitions. */
  readonly found: readonly Found[];
}

interface Line extends SearchedLine {
  readonly end: number;
}

/**
 * Searches the whole lines at the beginning of `bytes` for the values of metrics, one definition after the other, so that what is
 * done right now can be told in one word: `onDefinition` is called before each. Definitions that are `undefined` are left out.
 */
export function scanLines(
  bytes: Buffer,
  definitions: readonly (MetricRegex | undefined)[],
  onDefinition: (definition: number) => void,
): Scanned {
  const { lines, length, text } = splitLines(bytes);
  const hasEscapes = lines.some((line) => line.escaped !== undefined);
  const found: (Found & { readonly line: number })[] = [];
  for (const [definition, regex] of definitions.entries()) {
    if (!regex || (!hasEscapes && text !== undefined && !text.includes(regex.requiredText))) continue;
    onDefinition(definition);
    for (const [line, searched] of lines.entries()) {
      const value = regex.valueIn(searched);
      if (value !== undefined) found.push({ definition, value, end: searched.end, line });
    }
  }
  found.sort((a, b) => a.line - b.line || a.definition - b.definition);
  return { length, found };
}

/** The lines to search, and the text of all of them at once where it is ASCII and so costs nothing. */
function splitLines(bytes: Buffer): { lines: Line[]; length: number; text?: string } {
  const ascii = isAscii(bytes);
  const all = ascii ? bytes.toString('latin1') : undefined;
  const lines: Line[] = [];
  let at = 0;
  for (let bounds = eventBounds(bytes, 0); bounds; bounds = eventBounds(bytes, at)) {
    const text = all?.slice(at, bounds.contentEnd) ?? bytes.toString('utf8', at, bounds.contentEnd);
    if (text !== '' && !text.startsWith(OWN_LINE_MARK)) lines.push(line(text, ascii, bounds.end));
    at = bounds.end;
  }
  return { lines, length: at, ...(all === undefined ? {} : { text: all }) };
}

function line(text: string, isAscii: boolean, end: number): Line {
  return hasControls(text) ? { text, escaped: escapeControls(text), isAscii, end } : { text, isAscii, end };
}
