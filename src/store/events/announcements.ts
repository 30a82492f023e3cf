import type { Database } from '../database.ts';

const listeners = new WeakMap<Database, Set<() => void>>();

/** Calls `listener` after a transaction that may have added events. Returns what ends that. */
export function onEvents(database: Database, listener: () => void): () => void {
  const all = listeners.get(database) ?? new Set();
  listeners.set(database, all);
  all.add(listener);
  return () => all.delete(listener);
}

/** To be called within the transaction: it is over, one way or the other, before anybody hears of it. */
export function announceEvents(database: Database): void {
  const all = listeners.get(database);
  if (!all?.size) return;
  queueMicrotask(() => {
    for (const listener of all) listener();
  });
}
