import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatClock, formatNumber, formatTime } from './format.ts';

/** A line of a chart. */
export interface Line {
  readonly label: string;
  /** In order. Seconds since the epoch where the chart is over time. */
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
}

interface ChartProps {
  readonly title: string;
  readonly lines: readonly Line[];
  /** Over time, or over counted steps. */
  readonly over: 'time' | 'step';
  readonly format?: (value: number) => string;
  /** What the axis shows at least. */
  readonly range?: readonly [number, number];
  readonly height?: number;
  /** Its values are bytes: the axis counts them in powers of two. */
  readonly isBinary?: boolean;
}

/** Lines are told apart by colour and by their dashes. */
const COLOURS = ['--line-1', '--line-2', '--line-3', '--line-4', '--line-5', '--line-6'];
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

/** One chart of one or more lines. Charts of a page share their cursor. */
export function Chart(props: ChartProps) {
  const { title, lines, over, format = formatNumber, range, height = 180 } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const shape = JSON.stringify([over, range, height, lines.map(({ label }) => label)]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new UPlot(optionsOf({ ...props, format, height }, element), aligned(lines), element);
    };
    draw();
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    const theme = matchMedia('(prefers-color-scheme: dark)');
    theme.addEventListener('change', draw);
    return () => {
      theme.removeEventListener('change', draw);
      observer.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape]);

  useEffect(() => {
    plot.current?.setData(aligned(lines));
  }, [lines]);

  return (
    <figure class="chart">
      <figcaption>
        <h2>{title}</h2>
        <span class="quiet">{lastValues(lines, format)}</span>
      </figcaption>
      <div ref={box} class="plot" role="img" aria-label={`${title}: ${lastValues(lines, format)}`} />
      {lines.length > 1 && (
        <ul class="legend">
          {lines.map(({ label }, index) => (
            <li key={label}>
              <svg width="24" height="8" aria-hidden="true">
                <line
                  {...{ x1: 0, x2: 24, y1: 4, y2: 4 }}
                  class={`stroke-${(index % COLOURS.length) + 1}`}
                  stroke-dasharray={dashOf(index).join(' ')}
                />
              </svg>
              {label}
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

function lastValues(lines: readonly Line[], format: (value: number) => string): string {
  const last = (line: Line) => line.y.findLast((value) => value !== null);
  if (lines.length === 1 && lines[0]) {
    const value = last(lines[0]);
    return value === undefined || value === null ? 'no values' : `last ${format(value)}`;
  }
  return `${lines.length} lines`;
}

const dashOf = (index: number): readonly number[] =>
  DASHES[Math.floor(index / COLOURS.length) % DASHES.length] ?? [];

function optionsOf(
  { lines, over, format = formatNumber, range, height = 180, isBinary }: ChartProps,
  element: HTMLElement,
): UPlot.Options {
  const colour = coloursOf(element);
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const axis = {
    stroke: colour('--quiet'),
    font,
    grid: { stroke: colour('--rule'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: over }, drag: { x: true, y: false }, points: { size: 5 } },
    scales: {
      x: { time: over === 'time', range: (_: UPlot, from: number, to: number) => widened(from, to) },
      ...(range && {
        y: {
          range: (_: UPlot, low: number, high: number): [number, number] => [
            Math.min(range[0], low),
            Math.max(range[1], high),
          ],
        },
      }),
    },
    axes: [
      {
        ...axis,
        size: 24,
        gap: 6,
        space: 96,
        ...(over === 'step' ? { incrs: STEPS } : { values: (_: UPlot, ticks: number[]) => timesOf(ticks) }),
      },
      {
        ...axis,
        size: isBinary ? 72 : 60,
        gap: 4,
        ...(isBinary && { incrs: BINARY_STEPS }),
        values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : format(tick))),
      },
    ],
    series: [
      {},
      ...lines.map(({ label, x }, index) => ({
        label,
        stroke: colour(COLOURS[index % COLOURS.length] ?? '--line-1'),
        width: 1.5,
        dash: [...dashOf(index)],
        spanGaps: true,
        points: { show: x.length < 40, size: 4 },
      })),
    ],
    hooks: { setCursor: [(plot) => showValues(plot, over, format)] },
  };
}

/** What a colour of the style is in the present theme: a canvas knows no variables. */
function coloursOf(element: HTMLElement): (name: string) => string {
  const probe = document.createElement('span');
  element.append(probe);
  const colours = [...COLOURS, '--quiet', '--rule'].map((name): [string, string] => {
    probe.style.color = `var(${name})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  const known = new Map(colours);
  return (name) => known.get(name) ?? 'gray';
}

/** The day is told where there is more than one. */
function timesOf(ticks: readonly number[]): string[] {
  const isLong = (ticks.at(-1) ?? 0) - (ticks[0] ?? 0) > DAY_SECONDS / 2;
  return ticks.map((tick) => (isLong ? formatTime(tick * 1000).slice(5, 16) : formatClock(tick * 1000)));
}

const DAY_SECONDS = 86_400;

/** Steps are whole. */
const STEPS = [1, 2, 5]
  .flatMap((first) => Array.from({ length: 9 }, (_, power) => first * 10 ** power))
  .sort((a, b) => a - b);

const BINARY_STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power);

/** A chart of one value has some room around it. */
const widened = (from: number, to: number): [number, number] =>
  from === to ? [from - 1, to + 1] : [from, to];

/** Writes what is under the cursor beside it. */
function showValues(plot: UPlot, over: 'time' | 'step', format: (value: number) => string): void {
  let note = plot.over.querySelector<HTMLElement>('.note');
  if (!note) {
    note = document.createElement('div');
    note.className = 'note';
    plot.over.append(note);
  }
  const { left = -1, idx } = plot.cursor;
  note.hidden = left < 0 || idx === null || idx === undefined;
  if (note.hidden || idx === null || idx === undefined) return;
  const x = plot.data[0]?.[idx];
  const values = plot.series.slice(1).flatMap(({ label }, index) => {
    const value = plot.data[index + 1]?.[idx];
    return value === null || value === undefined
      ? []
      : [`${plot.series.length > 2 ? `${String(label)}  ` : ''}${format(value)}`];
  });
  const place = over === 'time' ? formatTime((x ?? 0) * 1000) : `step ${x}`;
  note.textContent = [place, ...values].join('\n');
  note.classList.toggle('left', left > plot.over.clientWidth / 2);
}

/** All lines over all their x, in order. */
function aligned(lines: readonly Line[]): UPlot.AlignedData {
  const [first] = lines;
  if (lines.length === 1 && first) return [[...first.x], [...first.y]];
  const all = [...new Set(lines.flatMap(({ x }) => x))].sort((a, b) => a - b);
  const place = new Map(all.map((x, index) => [x, index]));
  const columns = lines.map((line) => {
    const column: (number | null)[] = new Array(all.length).fill(null);
    line.x.forEach((x, index) => {
      column[place.get(x) ?? 0] = line.y[index] ?? null;
    });
    return column;
  });
  return [all, ...columns];
}
