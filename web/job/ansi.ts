/** A piece of a line of output, with the classes of its style. */
export interface Piece {
  readonly text: string;
  readonly style: string;
}

const ESCAPE = '\u001b';
/** A control sequence: its parameters and its last letter. Only `m` is about colours; others are left out. */
const SEQUENCE = new RegExp(
  `${ESCAPE}(?:\\[([0-?]*)[ -/]*([@-~])|\\][^\u0007${ESCAPE}]*(?:\u0007|${ESCAPE}\\\\)?|.)`,
  'g',
);
const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

interface Style {
  readonly colour?: string | undefined;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underlined?: boolean;
}

/** A line as a terminal would show it: what stands behind the last carriage return, in pieces of one style. */
export function ansiPieces(line: string): Piece[] {
  const text = shownPart(line);
  if (!text.includes(ESCAPE)) return [{ text: visible(text), style: '' }];
  const pieces: Piece[] = [];
  let style: Style = {};
  let from = 0;
  const take = (to: number) => {
    if (to > from) pieces.push({ text: visible(text.slice(from, to)), style: classesOf(style) });
  };
  for (const match of text.matchAll(SEQUENCE)) {
    take(match.index);
    from = match.index + match[0].length;
    if (match[2] === 'm') style = changed(style, match[1] ?? '');
  }
  take(text.length);
  return pieces;
}

/** A progress bar writes over its own line. */
function shownPart(line: string): string {
  const text = line.replace(/\r+$/, '');
  return text.slice(text.lastIndexOf('\r') + 1);
}

/** What has no shape is given one. */
const visible = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
  text.replace(/[\0-\x08\x0b-\x1f\x7f]/g, (control) =>
    String.fromCodePoint(0x2400 + ((control.charCodeAt(0) & 0x7f) % 0x7f)),
  );

function changed(before: Style, parameters: string): Style {
  let style = before;
  const codes = parameters.split(';').map(Number);
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 0) style = {};
    else if (code === 1) style = { ...style, bold: true };
    else if (code === 2) style = { ...style, dim: true };
    else if (code === 3) style = { ...style, italic: true };
    else if (code === 4) style = { ...style, underlined: true };
    else if (code === 22) style = { ...style, bold: false, dim: false };
    else if (code === 39) style = { ...style, colour: undefined };
    else if (code >= 30 && code <= 37) style = { ...style, colour: COLOURS[code - 30] };
    else if (code >= 90 && code <= 97) style = { ...style, colour: COLOURS[code - 90] };
    // A colour of 256, or of all: its numbers are passed over, as the page has colours of its own.
    else if (code === 38 || code === 48) at += codes[at + 1] === 5 ? 2 : codes[at + 1] === 2 ? 4 : 0;
  }
  return style;
}

const classesOf = ({ colour, bold, dim, italic, underlined }: Style): string =>
  [
    colour && `ansi-${colour}`,
    bold && 'ansi-bold',
    dim && 'ansi-dim',
    italic && 'ansi-italic',
    underlined && 'ansi-underlined',
  ]
    .filter(Boolean)
    .join(' ');
