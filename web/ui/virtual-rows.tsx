import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Browsers draw no element that is much higher. A longer list is scrolled in proportion. */
const HIGHEST_PX = 8_000_000;
/** Rows that are drawn beyond what is seen, so that scrolling shows no gap. */
const BEYOND = 8;

export interface RowsHandle {
  /** Brings a row into view: in the middle, or just inside. */
  show(index: number, how?: 'middle' | 'nearest'): void;
  readonly element: HTMLElement | null;
}

interface VirtualRowsProps {
  readonly count: number;
  /** Pixels; all rows are as high. */
  readonly rowHeight: number;
  readonly row: (index: number) => ComponentChildren;
  readonly handle?: RefObject<RowsHandle | null>;
  /** Told which rows are drawn, the last one excluded. */
  readonly onRange?: (first: number, end: number) => void;
  /** Stays at the end as rows are added; told when the reader scrolls away from it, or back. */
  readonly follow?: boolean;
  readonly onFollow?: (follows: boolean) => void;
  /** Pixels that a row needs at least. */
  readonly minWidth?: string;
  readonly class?: string;
  readonly label: string;
  readonly role?: 'rowgroup' | 'region';
}

/** Rows of one height, of which only those in view are drawn, however many there are. */
export function VirtualRows(props: VirtualRowsProps) {
  const {
    count,
    rowHeight,
    row,
    handle,
    onRange,
    follow,
    onFollow,
    minWidth,
    label,
    role = 'region',
  } = props;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const layout = layoutOf(count, rowHeight, view.height);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  const { first, offset } = layout.at(view.top);
  const start = Math.max(0, first - BEYOND);
  const end = Math.min(count, first + Math.ceil(view.height / rowHeight) + BEYOND);

  useEffect(() => onRange?.(start, end), [start, end, count, onRange]);

  useLayoutEffect(() => {
    const element = box.current;
    if (follow && element && count > 0) element.scrollTop = element.scrollHeight;
  }, [follow, count]);

  useImperativeHandle(
    handle ?? null,
    () => ({
      show(index, how = 'middle') {
        const element = box.current;
        if (!element) return;
        const top = layout.topOf(index);
        const isInside =
          top >= element.scrollTop && top + rowHeight <= element.scrollTop + element.clientHeight;
        if (how === 'nearest' && isInside) return;
        const above =
          how === 'middle'
            ? element.clientHeight / 2
            : top < element.scrollTop
              ? 0
              : element.clientHeight - rowHeight;
        element.scrollTop = Math.max(0, top - (layout.isScaled ? 0 : above));
      },
      get element() {
        return box.current;
      },
    }),
    [layout.total, rowHeight, view.height],
  );

  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    setView({ top: element.scrollTop, height: element.clientHeight });
    onFollow?.(element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeight);
  };
  const rows = [];
  for (let index = start; index < end; index++) rows.push(row(index));
  return (
    <div
      ref={box}
      class={`rows ${props.class ?? ''}`}
      onScroll={onScroll}
      tabIndex={0}
      role={role}
      aria-label={label}
    >
      <div
        class="rows-height"
        role="presentation"
        style={{ height: `${layout.height}px`, ...(minWidth && { minWidth }) }}
      >
        <div
          class="rows-shown"
          role="presentation"
          style={{ transform: `translateY(${offset - (first - start) * rowHeight}px)` }}
        >
          {rows}
        </div>
      </div>
    </div>
  );
}

interface Layout {
  readonly total: number;
  readonly height: number;
  readonly isScaled: boolean;
  /** The first row in view, and where it begins. */
  at(scrollTop: number): { readonly first: number; readonly offset: number };
  topOf(index: number): number;
}

function layoutOf(count: number, rowHeight: number, viewHeight: number): Layout {
  const total = count * rowHeight;
  if (total <= HIGHEST_PX) {
    return {
      ...{ total, height: total, isScaled: false },
      at: (scrollTop) => {
        const first = Math.min(Math.floor(scrollTop / rowHeight), Math.max(0, count - 1));
        return { first, offset: first * rowHeight };
      },
      topOf: (index) => index * rowHeight,
    };
  }
  const scale = (total - viewHeight) / (HIGHEST_PX - viewHeight);
  return {
    ...{ total, height: HIGHEST_PX, isScaled: true },
    at: (scrollTop) => {
      const exact = (scrollTop * scale) / rowHeight;
      const first = Math.floor(exact);
      return { first, offset: scrollTop - (exact - first) * rowHeight };
    },
    topOf: (index) => Math.max(0, (index * rowHeight - viewHeight / 2) / scale),
  };
}
