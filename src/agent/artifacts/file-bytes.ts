import { constants, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';

/** How files that an algorithm left are opened: a link is not followed, and a FIFO does not block. */
export const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Bytes that are read at a time. */
const CHUNK_BYTES = 256 * 1024;

/**
 * A file's bytes, exactly as many as `stats` announces: a file that was cut meanwhile is filled up with zeros, one that grew is
 * cut, and `onChange` is told. Whatever counts on the size stays whole.
 */
export async function* fileBytes(
  { path, stats }: { readonly path: Buffer; readonly stats: Stats },
  onChange: (change: string) => void,
): AsyncGenerator<Buffer> {
  await using file = await open(path, READ_ONLY);
  const before = await file.stat();
  if (!before.isFile()) throw new Error('it is not a file any more');
  let left = stats.size;
  while (left > 0) {
    const buffer = Buffer.allocUnsafeSlow(Math.min(left, CHUNK_BYTES));
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    if (bytesRead === 0) break;
    left -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
  const after = await file.stat();
  if (left > 0) onChange(`became shorter while it was stored: its last ${left} bytes are zeros`);
  else if (after.size > stats.size) onChange(`grew while it was stored: it ends after ${stats.size} bytes`);
  else if (after.mtimeMs !== before.mtimeMs)
    onChange('was changed while it was stored: it may be partly old and partly new');
  while (left > 0) {
    const zeros = Buffer.alloc(Math.min(left, CHUNK_BYTES));
    left -= zeros.length;
    yield zeros;
  }
}
