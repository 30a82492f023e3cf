interface Running<T> {
  readonly result: Promise<T>;
  readonly over: AbortController;
  waiters: number;
}

/** Work that several ask for and that is done once, by key. It is given up when nobody waits for it any more. */
export class SharedWork<T> {
  readonly #running = new Map<string, Running<T>>();

  /** Waits for the work of a key, which is begun if nobody has. Rejects with the signal's reason when it aborts. */
  async join(key: string, signal: AbortSignal, begin: (over: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const running = this.#running.get(key) ?? this.#begin(key, begin);
    running.waiters++;
    const gone = Promise.withResolvers<never>();
    const leave = () => gone.reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([running.result, gone.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
      if (--running.waiters === 0) this.#forget(key, running);
    }
  }

  #begin(key: string, begin: (over: AbortSignal) => Promise<T>): Running<T> {
    const over = new AbortController();
    const running = { result: begin(over.signal), over, waiters: 0 };
    running.result.catch(() => undefined); // Those who wait are told.
    this.#running.set(key, running);
    return running;
  }

  #forget(key: string, running: Running<T>): void {
    running.over.abort(new Error('nobody waits for it any more'));
    if (this.#running.get(key) === running) this.#running.delete(key);
  }
}
