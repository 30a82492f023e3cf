import { open } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';

/** Characters of an algorithm's output that tell how it ended. */
const LONGEST_WORDS = 300;
/** Enough of a file's end to hold them, progress bars and colours included. */
const TAIL_BYTES = 16 * 1024;

/** The last lines of a file, at most 300 characters of text without control characters, with a line feed between the lines. */
export async function readLastWords(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, size - buffer.length);
    return lastWords(buffer.toString('utf8', 0, bytesRead));
  } catch {
    // An instance whose output can't be read ended all the same: its exit says how.
    return '';
  }
}

/** As many whole lines from the end as fit; of a last line that is too long itself, its end. */
export function lastWords(text: string): string {
  // A carriage return starts the line anew, as progress bars do: what it overwrote counts as a line of its own.
  const lines = stripVTControlCharacters(text)
    .split(/[\r\n]+/)
    .map((line) => line.replace(/[\p{Cc} ]+/gu, ' ').trim())
    .filter((line) => line !== '');
  let words = '';
  for (const line of lines.reverse()) {
    const longer = words === '' ? line : `${line}\n${words}`;
    if (longer.length > LONGEST_WORDS) return words || endOf(line);
    words = longer;
  }
  return words;
}

/** The end of a line, and no half of a character that takes two places in a string. */
function endOf(line: string): string {
  const cut = line.slice(-LONGEST_WORDS);
  return /^[\uDC00-\uDFFF]/.test(cut) ? cut.slice(1) : cut;
}
