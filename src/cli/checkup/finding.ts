import type { Look, Screen } from '../screen/style.ts';
import { folded } from '../screen/text.ts';

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
export function checkupText(findings: readonly Finding[], { style, width: columns }: Screen): string {
  const width = Math.max(...findings.map(({ what }) => what.length));
  const lines = findings.flatMap(({ what, state, found, remedy }) => {
    const [mark, look] = MARKS[state];
    const first = `${style(look, mark)} ${what.padEnd(width)}  ${found}`;
    return [first, ...indented(remedy ?? '', width + 4, columns)];
  });
  const verdict = canRunJobs(findings)
    ? style('green', 'Jobs can run on this machine.')
    : style('red', 'Jobs can not run on this machine: see ✗ above.');
  return [...lines, '', verdict].join('\n');
}

/** An arrow and a text, at a column; in lines where it does not fit. */
function indented(text: string, at: number, columns = Number.POSITIVE_INFINITY): string[] {
  if (text === '') return [];
  const lines = folded(text, Math.max(20, columns - at - 2));
  return lines.map((line, index) => `${' '.repeat(at)}${index === 0 ? '→' : ' '} ${line}`);
}

export const canRunJobs = (findings: readonly Finding[]): boolean =>
  findings.every(({ state }) => state !== 'problem');
