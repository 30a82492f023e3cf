import type { Look, Style } from '../screen/style.ts';

/** What one check of the machine found. */
export interface Finding {
  readonly what: string;
  /**
   * `ok`; `limit`: jobs run, but have to do without something; `problem`: no job can run; `absent`: something that not everybody
   * needs is not there.
   */
  readonly state: 'ok' | 'limit' | 'problem' | 'absent';
  readonly found: string;
  /** What to do about it. */
  readonly remedy?: string;
}

const MARKS: Readonly<Record<Finding['state'], readonly [string, Look]>> = {
  ok: ['✓', 'green'],
  limit: ['!', 'yellow'],
  problem: ['✗', 'red'],
  absent: ['·', 'dim'],
};

/** The lines of `trainyard doctor`, and what they come to. */
export function checkupText(findings: readonly Finding[], style: Style): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  const lines = findings.flatMap(({ what, state, found, remedy }) => {
    const [mark, look] = MARKS[state];
    const first = `${style(look, mark)} ${what.padEnd(width)}  ${found}`;
    return remedy === undefined ? [first] : [first, `  ${' '.repeat(width)}  → ${remedy}`];
  });
  const verdict = canRunJobs(findings)
    ? style('green', 'Jobs can run on this machine.')
    : style('red', 'Jobs can not run on this machine: see ✗ above.');
  return [...lines, '', verdict].join('\n');
}

export const canRunJobs = (findings: readonly Finding[]): boolean =>
  findings.every(({ state }) => state !== 'problem');
