import type { FileHandle } from 'node:fs/promises';

const NEWLINE = 0x0a;
const CHUNK_BYTES = 262_144;
/** What is shown of a line. */
export const LONGEST_SHOWN_BYTES = 8192;

/** A line of a file. */
export interface FileLine {
  readonly text: string;
  /** The offset behind its last byte, its line end included. */
  readonly end: number;
  /** How many bytes of it are not in `text`. */
  readonly cut: number;
}

/** The lines from the offset `from`, where one begins, to the offset `to`. Of an endless line no more is held than is shown. */
export async function* fileLines(file: FileHandle, from: number, to: number): AsyncGenerator<FileLine> {
  let head: Buffer = Buffer.alloc(0);
  let length = 0;
  for (let position = from; position < to; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, to - position));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    let at = 0;
    for (
      let newline = chunk.indexOf(NEWLINE);
      newline >= 0 && newline < bytesRead;
      newline = chunk.indexOf(NEWLINE, at)
    ) {
      yield line(grown(head, chunk.subarray(at, newline)), length + newline - at, position + newline + 1);
      head = Buffer.alloc(0);
      length = 0;
      at = newline + 1;
    }
    head = grown(head, chunk.subarray(at, bytesRead));
    length += bytesRead - at;
    position += bytesRead;
  }
  if (length > 0) yield line(head, length, to);
}

function grown(head: Buffer, more: Buffer): Buffer {
  const room = LONGEST_SHOWN_BYTES - head.length;
  if (room <= 0) return head;
  const part = more.subarray(0, room);
  return head.length === 0 ? Buffer.from(part) : Buffer.concat([head, part]);
}

const line = (bytes: Buffer, length: number, end: number): FileLine => ({
  text: bytes.toString('utf8'),
  end,
  cut: length - bytes.length,
});
