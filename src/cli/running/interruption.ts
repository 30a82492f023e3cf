/** A terminal's Ctrl-C reaches us by the terminal, and may once more by the launcher that started us. */
export const ONE_PRESS_MS = 150;

export interface InterruptionOptions {
  /** Between a Ctrl-C and what it asks for: the time for a second one. */
  readonly delayMs: number;
  /** The first Ctrl-C: the stop is near. */
  readonly onFirst: () => void;
  readonly onStop: () => void;
  /** The second one. */
  readonly onLeave: () => void;
}

/** Ctrl-C once stops the job; twice leaves it as it is, running, or stopping where it was asked to already. */
export class Interruption {
  readonly #options: InterruptionOptions;
  #timer: NodeJS.Timeout | undefined;
  #pressedAt: number | undefined;

  constructor(options: InterruptionOptions) {
    this.#options = options;
  }

  press(now: number): void {
    const { delayMs, onFirst, onStop, onLeave } = this.#options;
    const last = this.#pressedAt;
    if (last !== undefined && now - last < ONE_PRESS_MS) return;
    this.#pressedAt = now;
    if (last !== undefined) {
      this.cancel();
      onLeave();
      return;
    }
    onFirst();
    this.#timer = setTimeout(onStop, delayMs);
  }

  /** A stop that was not asked for yet will not be. */
  cancel(): void {
    clearTimeout(this.#timer);
  }
}
