import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/** Waits for something that comes by itself. Rejects when it never does. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await delay(5);
  }
}

/** A process that reads a FIFO, as an algorithm does; the test's own would lend a thread to each open that waits. */
export class PipeReader {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  /** Opens the FIFO once it is there. */
  static async open(path: string): Promise<PipeReader> {
    await until(`${path} is there`, () => existsSync(path));
    return new PipeReader(spawn('cat', [path], { stdio: ['ignore', 'pipe', 'inherit'] }));
  }

  /** The next bytes; `undefined` at the end. */
  async next(): Promise<Buffer | undefined> {
    const { stdout } = this.#process;
    if (!stdout) throw new Error('the reader has no output');
    for (;;) {
      const chunk = stdout.read() as Buffer | null;
      if (chunk) return chunk;
      if (stdout.readableEnded) return undefined;
      await Promise.race([once(stdout, 'readable'), once(stdout, 'end')]);
    }
  }

  /** All that is left, to the end of the epoch. */
  async rest(): Promise<Buffer> {
    const { stdout } = this.#process;
    if (!stdout) throw new Error('the reader has no output');
    return buffer(stdout);
  }

  get ended(): boolean {
    return this.#process.exitCode !== null;
  }

  /** Closes the FIFO early. */
  async close(): Promise<void> {
    if (this.ended) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }
}

export async function readEpoch(path: string): Promise<Buffer> {
  return (await PipeReader.open(path)).rest();
}
