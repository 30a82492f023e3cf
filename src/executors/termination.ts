import type { Clock } from '../clock/clock.ts';
import type { Hearing } from './process/process-table.ts';

const HEARING_POLL_MS = 100;

/** How an algorithm is told to end. */
export interface Termination {
  readonly clock: Clock;
  /** Aborted when it has ended, or is nobody's business any more. */
  readonly over: AbortSignal;
  /** What becomes of SIGTERM in process 1 now. */
  hearing(): Hearing;
  /** SIGTERM to process 1, and where that takes no notice of it, to everyone. Says what process 1 made of it. */
  tell(): Hearing | Promise<Hearing>;
}

/**
 * Goes on telling an algorithm to end, for as long as that may be news to it. What process 1 does about the signal may change: a program
 * that has only just started has no handler yet, and is told again when it has one; a shell that blocked the signal for a moment was
 * none that waits for it, so the others are told when it blocks it no more. `first` is what it made of the first signal. Never rejects.
 */
export async function tellUntilHeard(first: Hearing, termination: Termination): Promise<void> {
  const { clock, over, hearing, tell } = termination;
  let othersKnow = first === 'deaf';
  let heard = first === 'catches';
  try {
    while (!heard) {
      await clock.sleep(HEARING_POLL_MS, over);
      const now = hearing();
      if (now === 'deaf' && !othersKnow) {
        const told = await tell();
        othersKnow = told === 'deaf';
        heard = told === 'catches';
      } else if (now === 'catches') {
        // Where it was blocked before, it has been kept for the handler.
        if (first === 'deaf') await tell();
        heard = true;
      }
    }
  } catch {
    // It ended.
  }
}
