/**
 * Works on items, at most `width` at a time, starting them in order. The first failure stops the rest: it rejects with it, or with
 * the signal's reason, once nothing is at work any more.
 */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  signal: AbortSignal,
  work: (item: T, index: number, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  // Not `AbortSignal.any`: its signals are looked at for each of many thousand items, and looking at them is slow.
  const onAbort = () => stop.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const queue = items.entries();
  const failures: unknown[] = [];
  async function worker(): Promise<void> {
    for (const [index, item] of queue) {
      if (stop.signal.aborted) return;
      try {
        await work(item, index, stop.signal);
      } catch (error) {
        failures.push(error);
        stop.abort(error);
        return;
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  signal.removeEventListener('abort', onAbort);
  signal.throwIfAborted();
  if (failures.length > 0) throw failures[0];
}
