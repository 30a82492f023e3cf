/**
 * Does the same with all of a job's hosts at once. The first that fails aborts the signal that the others were given; rejects with its
 * error, but not before all have settled: nothing goes on behind the job's back.
 */
export async function together<T, Result>(
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T, index: number, stop: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const settled = await Promise.allSettled(
    items.map(async (item, index) => {
      try {
        return await work(item, index, stop);
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    }),
  );
  // The first in time; those after it may have failed only because of it.
  if (failed.signal.aborted) throw failed.signal.reason;
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}
