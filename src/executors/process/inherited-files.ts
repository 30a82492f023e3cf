import { readdirSync, readFileSync } from 'node:fs';

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
