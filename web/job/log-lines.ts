import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { ShownLine } from '../../src/web/logs/log-view.ts';
import { ask } from '../server/ask.ts';
import { listen } from '../server/stream.ts';

/** What the server answers of a log. */
export interface LogPage {
  readonly total: number;
  readonly lines: readonly ShownLine[];
}

interface Growth extends LogPage {
  readonly first?: number;
}

/** Lines are asked for in blocks. */
const BLOCK = 250;
/** So many blocks are kept: those that were looked at last. */
const MOST_BLOCKS = 80;

export interface LogLines {
  readonly total: number | undefined;
  readonly isLive: boolean;
  /** Undefined while it is fetched. */
  readonly at: (index: number) => ShownLine | undefined;
  /** Brings the lines of a range. */
  readonly want: (first: number, end: number) => void;
}

/** The lines of a log stream, wherever one looks, and the new ones as they come. */
export function useLogLines(stream: string): LogLines {
  const [total, setTotal] = useState<number>();
  const [isLive, setLive] = useState(false);
  const [, redraw] = useState(0);
  const lines = useRef(new Map<number, ShownLine>());
  const blocks = useRef(new Map<number, 'fetching' | 'here'>());

  useEffect(() => {
    lines.current = new Map();
    blocks.current = new Map();
    setTotal(undefined);
    return listen('log/follow', () => ({ stream }), {
      onConnected: setLive,
      onMessage: (message) => {
        const growth = message as Growth & { ended?: string };
        growth.lines?.forEach((line, index) => {
          lines.current.set((growth.first ?? 0) + index, line);
        });
        if (growth.ended !== undefined) setLive(false);
        setTotal(growth.total);
        redraw((turn) => turn + 1);
      },
    });
  }, [stream]);

  const want = useCallback(
    (first: number, end: number) => {
      for (let block = Math.floor(first / BLOCK); block * BLOCK < end; block++) {
        if (blocks.current.has(block)) continue;
        const from = block * BLOCK;
        const isHere = range(Math.max(first, from), Math.min(end, from + BLOCK)).every((index) =>
          lines.current.has(index),
        );
        if (isHere) continue;
        blocks.current.set(block, 'fetching');
        void ask<LogPage>('log', { stream, first: from, count: BLOCK })
          .then((page) => {
            page.lines.forEach((line, index) => {
              lines.current.set(from + index, line);
            });
            // A block that is not full yet will be asked for again.
            if (page.lines.length === BLOCK) blocks.current.set(block, 'here');
            else blocks.current.delete(block);
            forgetOldest(blocks.current, lines.current);
            redraw((turn) => turn + 1);
          })
          .catch(() => blocks.current.delete(block));
      }
    },
    [stream],
  );
  return { total, isLive, want, at: (index) => lines.current.get(index) };
}

const range = (first: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);

function forgetOldest(blocks: Map<number, 'fetching' | 'here'>, lines: Map<number, ShownLine>): void {
  for (const oldest of blocks.keys()) {
    if (blocks.size <= MOST_BLOCKS) return;
    blocks.delete(oldest);
    for (const index of range(oldest * BLOCK, (oldest + 1) * BLOCK)) lines.delete(index);
  }
}
