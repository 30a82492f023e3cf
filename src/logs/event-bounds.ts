/** A line of more bytes than this is several events (CloudWatch Logs' own limit of an event). */
export const LONGEST_EVENT_BYTES = 262_144;

/** A UTF-8 character has at most this many bytes after its first. */
export const LONGEST_CONTINUATION = 3;

export const NEWLINE = 10;

/** Where an event's content ends, and where the next event begins: behind the newline, if it has one. */
export interface EventBounds {
  readonly contentEnd: number;
  readonly end: number;
}

/**
 * The bounds of the event that begins at `start`, or `undefined` where `bytes` doesn't hold all of it. Depends on nothing but
 * the bytes from there on, so each reader cuts a stream alike: at newlines, and lines that are too long at the last character
 * boundary within the limit. A line without a newline counts only when it is too long to be one event.
 */
export function eventBounds(bytes: Buffer, start: number): EventBounds | undefined {
  const newline = bytes.indexOf(NEWLINE, start);
  if (newline >= 0 && newline - start <= LONGEST_EVENT_BYTES)
    return { contentEnd: newline, end: newline + 1 };
  if (bytes.length - start <= LONGEST_EVENT_BYTES) return undefined;
  const cut = characterBoundary(bytes, start + LONGEST_EVENT_BYTES);
  return { contentEnd: cut, end: cut };
}

/** The last character boundary at or before `at`. Bytes that aren't UTF-8 are characters of their own. */
export function characterBoundary(bytes: Buffer, at: number): number {
  if (!isContinuation(bytes[at])) return at;
  for (let back = 1; back <= LONGEST_CONTINUATION; back++) {
    const byte = bytes[at - back];
    if (!isContinuation(byte)) return back < characterBytes(byte) ? at - back : at;
  }
  return at;
}

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

/** How many bytes a character has that begins with this one. */
function characterBytes(first: number | undefined): number {
  if (first === undefined || first < 0xc2 || first > 0xf4) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
