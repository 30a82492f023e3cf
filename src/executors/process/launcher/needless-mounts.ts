import { readFileSync } from 'node:fs';
import { isWithin } from '../root-options.ts';

const BINDS = /^--(ro-|dev-)?bind(-try)?$/;

/**
 * The mount points of this machine that a sandbox shows nothing of, the last made first. `sources` are what it shows, with no link on
 * the way to any; below `replaced` it shows only those of them that are in there.
 */
export function needlessMounts(
  sources: readonly string[],
  replaced: readonly string[],
  table = readFileSync('/proc/self/mountinfo', 'utf8'),
): readonly string[] {
  const isNeeded = (point: string) =>
    sources.some(
      (source) =>
        isWithin(source, [point]) ||
        (isWithin(point, [source]) &&
          !replaced.some((each) => isWithin(point, [each]) && !isWithin(source, [each]))),
    );
  return pointsIn(table)
    .filter((point) => point !== '/' && !isNeeded(point))
    .reverse();
}

/** The sources of all that options of bubblewrap bind. */
export function sourcesOf(options: readonly string[]): readonly string[] {
  return options.filter((_, i) => BINDS.test(options[i - 1] ?? ''));
}

/** Those whose names are written as they are: it is not worth reading others. */
function pointsIn(table: string): readonly string[] {
  return table
    .split('\n')
    .map((line) => line.split(' ', 5)[4] ?? '')
    .filter((point) => point !== '' && !point.includes('\\'));
}
