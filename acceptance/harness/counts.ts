import { stripVTControlCharacters } from 'node:util';

/** How many tests ended how. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What the tests that failed said: to be told again where it is found, at the end of a long run. */
  readonly failures?: string;
}

export const add = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  failures: [a.failures, b.failures].filter(Boolean).join('\n'),
});

export const render = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

/** The counts at the end of what node:test's `spec` reporter writes, and what it says there of the tests that failed. */
export function countsOfSpec(coloured: string): Counts {
  const spec = stripVTControlCharacters(coloured);
  // The last: what tests print stands before.
  const count = (name: string) =>
    Number([...spec.matchAll(new RegExp(`^ℹ ${name} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
  return {
    passed: count('pass'),
    failed: count('fail') + count('cancelled'),
    skipped: count('skipped') + count('todo'),
    failures: spec.split('failing tests:\n', 2)[1]?.trim() ?? '',
  };
}
