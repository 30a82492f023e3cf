import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ordinaryFolder } from '../instance-folder.ts';

/** Characters of `/opt/ml/output/failure` that become part of the reason (training contract §1.6). */
const LONGEST_TEXT = 1024;
/** No character takes more bytes in UTF-8. */
const BYTES_PER_CHARACTER = 4;

/**
 * The beginning of what the algorithm wrote to `/opt/ml/output/failure`; undefined when there is nothing to read. The algorithm may
 * have put anything there: only a file of its own is read, never a link (it could lead anywhere) nor a FIFO (it could block).
 */
export async function readFailureFile(ml: string, say: (line: string) => void): Promise<string | undefined> {
  const folder = await ordinaryFolder(ml, 'output');
  if (!folder) return undefined;
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    await using file = await open(join(folder, 'failure'), flags);
    if (!(await file.stat()).isFile()) throw new Error('it is not a file');
    const buffer = Buffer.alloc(LONGEST_TEXT * BYTES_PER_CHARACTER);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return beginningOf(buffer.toString('utf8', 0, bytesRead)) || undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    say(`/opt/ml/output/failure was not read: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** At most `LONGEST_TEXT` characters, and no half of one that takes two places in a string. */
function beginningOf(text: string): string {
  const cut = text.slice(0, LONGEST_TEXT);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}
