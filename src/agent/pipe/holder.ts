import { type ChildProcess, spawn } from 'node:child_process';

/** A holder's own name: how it is found among all processes. */
export const HOLDER = 'trainyard-holder';

/**
 * Its last argument says whose it is. When the feeder is killed its standard input ends: it stays, and with it the FIFO, until it is
 * killed too.
 */
const HOLD = 'read -r done && exit 0; exec 0< "$1"';

/** A second process that has a FIFO open for writing: a reader must not take the death of the feeder for the end of an epoch. */
export class Holder {
  readonly #process: ChildProcess;

  /** `never` is a FIFO that nobody writes to, `owner` the path that its processes are found by. */
  constructor(fifo: number, never: string, owner: string) {
    this.#process = spawn('/bin/sh', ['-c', HOLD, HOLDER, never, owner], {
      stdio: ['pipe', 'ignore', 'ignore', fifo],
    });
    // Without it the feeder holds the FIFO alone.
    this.#process.on('error', () => {});
    this.#process.stdin?.on('error', () => {});
  }

  /** Lets go of the FIFO. */
  release(): void {
    this.#process.stdin?.end('done\n');
  }
}
