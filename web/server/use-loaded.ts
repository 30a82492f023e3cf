import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** Something that is asked for: what came last, and why nothing newer did. */
export interface Loaded<Value> {
  readonly value: Value | undefined;
  readonly error: Error | undefined;
  readonly reload: () => void;
}

/**
 * Asks for something now, whenever `dependencies` change, and every `every` milliseconds while the page is looked at. What came stays
 * while it is asked for anew.
 */
export function useLoaded<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  dependencies: readonly unknown[],
  every?: number,
): Loaded<Value> {
  const [state, setState] = useState<{ value?: Value; error?: Error }>({});
  const latest = useRef(load);
  latest.current = load;
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify(dependencies);
  const shown = useRef(key);

  useEffect(() => {
    const over = new AbortController();
    if (shown.current !== key) setState({});
    shown.current = key;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = async () => {
      const begun = performance.now();
      try {
        const value = await latest.current(over.signal);
        if (!over.signal.aborted) setState({ value });
      } catch (error) {
        if (!over.signal.aborted && error instanceof Error)
          setState((before) => ({ ...(before.value !== undefined && { value: before.value }), error }));
      }
      // What takes the server long is asked for less often.
      const pause = Math.max(every ?? 0, 10 * (performance.now() - begun));
      if (every !== undefined && !over.signal.aborted) timer = setTimeout(again, pause);
    };
    const again = () => {
      if (document.hidden) timer = setTimeout(again, every);
      else void run();
    };
    void run();
    return () => {
      over.abort();
      clearTimeout(timer);
    };
  }, [key, every, turn]);

  return { value: state.value, error: state.error, reload: useCallback(() => setTurn((n) => n + 1), []) };
}
