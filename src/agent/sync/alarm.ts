/** Sleeps that can be cut short. By the platform's own timers, for it is the file system that is waited for. */
export class Alarm {
  #due = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #wake: (() => void) | undefined;

  /** Ends the current sleep, or the next one, in at most so many milliseconds. */
  ringIn(ms: number): void {
    const due = performance.now() + ms;
    if (due >= this.#due) return;
    this.#due = due;
    if (this.#wake) this.#arm();
  }

  async sleep(ms: number): Promise<void> {
    this.ringIn(ms);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#arm();
    });
    clearTimeout(this.#timer);
    this.#wake = undefined;
    this.#due = Number.POSITIVE_INFINITY;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const ms = Math.max(0, this.#due - performance.now());
    this.#timer = setTimeout(() => this.#wake?.(), Math.min(ms, 2 ** 31 - 1));
  }
}
