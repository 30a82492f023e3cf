/** `text`, cut to so many columns with an ellipsis at its end. */
export function cut(text: string, columns: number): string {
  const characters = [...text];
  if (characters.length <= columns) return text;
  return columns < 1 ? '' : `${characters.slice(0, columns - 1).join('')}…`;
}

/** Characters that would move the cursor, as a space: for lines that must stay one. */
export const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').trim();

/** A line in lines of at most so many columns, at spaces where there are any. */
export function folded(line: string, columns: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const space = rest.lastIndexOf(' ', columns);
    const end = space > 0 ? space : columns;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

/** `4.2s`, `1m05s`, `2h03m`, `3d04h`: the two largest units. */
export function duration(seconds: number): string {
  const tenths = Math.max(0, Math.round(seconds * 10)) / 10;
  if (tenths < 10) return `${tenths.toFixed(1)}s`;
  const whole = Math.round(tenths);
  const pair = (large: number, unit: string, small: number, smallUnit: string) =>
    `${Math.floor(whole / large)}${unit}${String(Math.floor((whole % large) / small)).padStart(2, '0')}${smallUnit}`;
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return pair(60, 'm', 1, 's');
  if (whole < 86_400) return pair(3600, 'h', 60, 'm');
  return pair(86_400, 'd', 3600, 'h');
}

/** How long ago, in the largest unit alone: `5s`, `12m`, `3h`, `9d`. */
export function age(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)}h`;
  return `${Math.floor(whole / 86_400)}d`;
}

/** `512 B`, `1.5 kB`, `23.4 MB`: in powers of 1,000. */
export function bytes(count: number): string {
  let value = count;
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    if (value < 999.5)
      return `${unit === 'B' || value >= 100 ? Math.round(value) : value.toFixed(1)} ${unit}`;
    value /= 1000;
  }
  return `${value.toFixed(1)} TB`;
}

/** A metric's value with five digits that matter. */
export const metricValue = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
