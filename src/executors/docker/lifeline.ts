import { randomUUID } from 'node:crypto';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFifos } from '../../agent/pipe/fifo.ts';

/**
 * A FIFO of which we hold one end: whoever watches the other learns that we let go, and also that this process is gone, for the
 * kernel tells it.
 */
export class Lifeline {
  readonly name: string;
  readonly #path: string;
  #file: number | undefined;

  private constructor(folder: string, name: string) {
    this.name = name;
    this.#path = join(folder, name);
  }

  static async open(folder: string): Promise<Lifeline> {
    const lifeline = new Lifeline(folder, randomUUID());
    await makeFifos(lifeline.#path);
    // For reading too: otherwise it could be opened only when somebody watches it.
    lifeline.#file = openSync(lifeline.#path, constants.O_RDWR | constants.O_NONBLOCK);
    return lifeline;
  }

  /** Lets go. No effect when it was done before. */
  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
    rmSync(this.#path, { force: true });
  }
}
