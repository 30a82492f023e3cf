import type { Look, Screen } from './style.ts';
import { cut, oneLine } from './text.ts';

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly look?: (row: Row) => Look;
  /** Numbers stand at the right. */
  readonly right?: true;
  /** Where columns don't fit, those that give way are cut, the widest first, to no less than so many columns. */
  readonly least?: number;
}

const GAP = '  ';

/** A table's lines, its titles first. On a terminal no line is longer than its width. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], screen: Screen): string[] {
  const cells = rows.map((row) => columns.map(({ text }) => oneLine(text(row))));
  const widths = fit(
    columns.map(({ title }, at) => Math.max(title.length, ...cells.map((line) => length(line[at] ?? '')))),
    columns,
    screen.width,
  );
  const line = (texts: readonly string[], lookOf: (at: number) => Look | undefined) => {
    const padded = texts.map((text, at) => {
      const { right } = columns[at] ?? {};
      const width = widths[at] ?? 0;
      const shown = cut(text, width);
      const space = ' '.repeat(width - length(shown));
      const look = lookOf(at);
      const styled = look ? screen.style(look, shown) : shown;
      if (right) return space + styled;
      return at === columns.length - 1 ? styled : styled + space;
    });
    const whole = padded.join(GAP).trimEnd();
    return whole;
  };
  const titles = line(
    columns.map(({ title }) => title),
    () => 'dim',
  );
  return [titles, ...cells.map((texts, row) => line(texts, (at) => lookAt(columns, rows, at, row)))];
}

function lookAt<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  at: number,
  row: number,
): Look | undefined {
  const of = rows[row];
  return of === undefined ? undefined : columns[at]?.look?.(of);
}

/** Takes from the widest column that gives way, one by one; when none can, columns at the right vanish. */
function fit(
  wanted: readonly number[],
  columns: readonly Pick<Column<never>, 'least'>[],
  width?: number,
): number[] {
  const widths = [...wanted];
  if (width === undefined) return widths;
  const total = () => widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1);
  while (total() > width) {
    const at = widestThatGives(widths, columns);
    if (at === undefined) break;
    widths[at] = (widths[at] ?? 0) - 1;
  }
  // A terminal that is narrower than all that must be shown: what is at the right is cut off.
  for (let at = widths.length - 1; at > 0 && total() > width; at--)
    widths[at] = Math.max(0, (widths[at] ?? 0) - (total() - width));
  if (total() > width) widths[0] = Math.max(0, width - (total() - (widths[0] ?? 0)));
  return widths;
}

function widestThatGives(
  widths: readonly number[],
  columns: readonly Pick<Column<never>, 'least'>[],
): number | undefined {
  const able = [...widths.keys()].filter((at) => {
    const least = columns[at]?.least;
    return least !== undefined && (widths[at] ?? 0) > least;
  });
  return able.sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0];
}

const length = (text: string): number => [...text].length;
