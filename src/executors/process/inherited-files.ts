import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import type { Stream } from 'node:stream';

const CLOSE_ON_EXEC = 0o2000000;

let known: readonly number[] | undefined;

/**
 * The open files, besides the standard ones, that this process got from whoever started it and would hand on to every process
 * it starts: locks, pipes, sockets. Node sees to the first few only. What it opens itself it hands on to nobody, so they are the same as long as it runs.
 */
export function inheritedFiles(): readonly number[] {
  known ??= readdirSync('/proc/self/fd')
    .map(Number)
    .filter((file) => file > 2 && isHandedOn(file));
  return known;
}

function isHandedOn(file: number): boolean {
  try {
    const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${file}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    return false; // The listing's own, closed by now.
  }
}

/** One open file of a child, as `spawn` takes it. */
export type ChildFile = number | 'ignore' | 'pipe' | Stream;

/** Opens a file for the time of a start. */
export type OpenFile = (path: string, flags: 'a' | 'r') => number;

/**
 * Starts a child that gets the files that `wanted` names and none of ours, in whose place `/dev/null` is. What `wanted` opens is
 * closed again when `start`, which must start the child at once, returns.
 */
export function withOwnFiles<Child>(
  wanted: (open: OpenFile) => readonly ChildFile[],
  start: (stdio: ChildFile[]) => Child,
): Child {
  const files: number[] = [];
  const open: OpenFile = (path, flags) => {
    const file = openSync(path, flags, 0o600);
    files.push(file);
    return file;
  };
  try {
    const stdio = [...wanted(open)];
    const own = stdio.length;
    for (const file of inheritedFiles()) {
      while (stdio.length <= file) stdio.push('ignore');
      if (file >= own) stdio[file] = open('/dev/null', 'r');
    }
    return start(stdio);
  } finally {
    for (const file of files) closeSync(file);
  }
}
