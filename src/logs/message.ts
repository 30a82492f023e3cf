// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
const CONTROL = /[\0-\x1f\x7f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const CONTROLS = /[\0-\x1f\x7f]/g;

/** Whether a text has control characters, which a log stream shows escaped. */
export const hasControls = (text: string) => CONTROL.test(text);

/** A text as a log stream shows it: control characters as `#` and three octal digits, a tab as `#011` (training contract §5.1). */
export function escapeControls(text: string): string {
  if (!CONTROL.test(text)) return text;
  return text.replace(CONTROLS, (control) => `#${control.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/** The message of an event: its bytes as UTF-8, what isn't UTF-8 as U+FFFD, control characters escaped. */
export const messageOf = (bytes: Buffer, start: number, end: number) =>
  escapeControls(bytes.toString('utf8', start, end));
