import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

export type Look = Parameters<typeof styleText>[0];

/** Puts colour into a text, or leaves it as it is. */
export type Style = (look: Look, text: string) => string;

/** Colour where the stream shows it: on a terminal, unless NO_COLOR is set (also for FORCE_COLOR). */
export const styleOf =
  (stream: NodeJS.WritableStream): Style =>
  (look, text) =>
    styleText(look, text, { stream });

export const plain: Style = (_, text) => text;

/** What a stream can show. */
export interface Screen {
  /** Columns; undefined where nothing needs to fit: in a file or a pipe. */
  readonly width: number | undefined;
  readonly style: Style;
}

export function screenOf(
  stream: NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>,
): Screen {
  // A terminal that does not tell its size says 0.
  return { width: stream.isTTY ? stream.columns || 80 : undefined, style: styleOf(stream) };
}

/** How a status looks: the primary ones and those on the way. */
export function statusLook(status: string): Look {
  if (status === 'Completed') return 'green';
  if (status === 'Failed') return 'red';
  if (status === 'Stopped' || status === 'Stopping' || status === 'Interrupted' || status.startsWith('Max'))
    return 'yellow';
  return 'cyan';
}
