import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { JobRow } from '../../src/web/api/job-row.ts';
import type { JobsPage } from '../../src/web/api/jobs.ts';
import { ask, type Query } from '../server/ask.ts';
import { listen } from '../server/stream.ts';

export interface Jobs {
  readonly rows: readonly JobRow[];
  /** Whether there are more, which `more` brings. */
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly error: Error | undefined;
  readonly isLive: boolean;
  readonly more: () => void;
  /** Told which rows are in view: those that run are asked for anew. */
  readonly watch: (first: number, end: number) => void;
}

interface State {
  readonly rows: readonly JobRow[];
  readonly next: string | undefined;
  readonly isLoading: boolean;
  readonly error?: Error;
}

const NOTHING: State = { rows: [], next: undefined, isLoading: true };
/** Changes that come together are shown together. */
const GATHER_MS = 150;
/** How often the metrics of what is in view are looked at. */
const REFRESH_MS = 2000;

/** The jobs that pass the filters, as they change. */
export function useJobs(filters: Query): Jobs {
  const key = JSON.stringify(filters);
  const [state, setState] = useState<State>(NOTHING);
  const [isLive, setLive] = useState(true);
  const current = useRef({ state, key, view: [0, 0] as readonly [number, number] });
  current.current.state = state;
  current.current.key = key;

  const load = useCallback(async (after: string | undefined) => {
    const asked = current.current.key;
    setState((before) => ({
      ...(after === undefined ? { ...before, rows: before.rows } : before),
      isLoading: true,
    }));
    try {
      const page = await ask<JobsPage>('jobs', { ...(JSON.parse(asked) as Query), after });
      if (current.current.key !== asked) return;
      setState((before) => ({
        rows: after === undefined ? page.jobs : followed(before.rows, page.jobs),
        next: page.next,
        isLoading: false,
      }));
    } catch (error) {
      if (current.current.key === asked && error instanceof Error)
        setState((before) => ({ ...before, isLoading: false, error }));
    }
  }, []);

  useEffect(() => {
    void load(undefined);
  }, [key, load]);

  const more = useCallback(() => {
    const { next, isLoading } = current.current.state;
    if (next !== undefined && !isLoading) void load(next);
  }, [load]);

  // A search may give an empty page with more behind it: then it goes on.
  const { rows, next, isLoading } = state;
  useEffect(() => {
    if (next !== undefined && !isLoading && rows.length < 50) more();
  }, [rows.length, next, isLoading, more]);

  const refresh = useCallback(async (names: readonly string[]) => {
    if (names.length === 0) return;
    const { jobs } = await ask<JobsPage>('rows', { job: names }).catch(() => ({ jobs: [] }));
    const fresh = new Map(jobs.map((job) => [job.id, job]));
    setState((before) => ({ ...before, rows: before.rows.map((row) => fresh.get(row.id) ?? row) }));
  }, []);

  /** The first page again: what is new, and what no longer passes the filters. */
  const renew = useCallback(async () => {
    const asked = current.current.key;
    const head = await ask<JobsPage>('jobs', JSON.parse(asked) as Query).catch(() => undefined);
    if (!head || current.current.key !== asked) return;
    setState((before) => ({ ...before, ...merged(before, head) }));
  }, []);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changed = new Set<string>();
    const gather = () => {
      timer = undefined;
      const known = new Set(current.current.state.rows.map(({ name }) => name));
      const names = [...changed].filter((name) => known.has(name)).slice(0, 100);
      changed.clear();
      void renew().then(() => refresh(names));
    };
    const end = listen('changes', () => ({}), {
      onConnected: (connected) => {
        setLive(connected);
        // What happened while nobody listened.
        if (connected) timer ??= setTimeout(gather, GATHER_MS);
      },
      onMessage: (message) => {
        const { job } = message as { job?: string };
        if (job) changed.add(job);
        timer ??= setTimeout(gather, GATHER_MS);
      },
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [renew, refresh]);

  useEffect(() => {
    const timer = setInterval(() => {
      const [first, last] = current.current.view;
      const running = current.current.state.rows
        .slice(first, last)
        .filter(({ endedAt }) => endedAt === undefined);
      if (!document.hidden) void refresh(running.map(({ name }) => name));
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [refresh]);

  const watch = useCallback(
    (first: number, end: number) => {
      current.current.view = [first, end];
      if (end >= current.current.state.rows.length) more();
    },
    [more],
  );
  return { rows, hasMore: next !== undefined, isLoading, error: state.error, isLive, more, watch };
}

/** The next page behind what is there. What was renewed meanwhile may hold some of it. */
function followed(rows: State['rows'], page: State['rows']): State['rows'] {
  const known = new Set(rows.map(({ id }) => id));
  return [...rows, ...page.filter(({ id }) => !known.has(id))];
}

/** A renewed first page in front of what was loaded behind it. */
function merged(before: State, head: JobsPage): Pick<State, 'rows' | 'next'> {
  const last = head.jobs.at(-1);
  const at = last ? before.rows.findIndex(({ id }) => id === last.id) : -1;
  if (at < 0) return { rows: head.jobs, next: head.next };
  return { rows: [...head.jobs, ...before.rows.slice(at + 1)], next: before.next };
}
