import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../find-program.ts';
import { argumentsOf, processes } from '../process-table.ts';
import { ipWithin, namespacePath } from './ip-command.ts';
import { UPLINK } from './uplink.ts';

const WORDS = ['monitor', 'all-nsid', 'link'];
const GONE = new RegExp(`Deleted \\d+: ${UPLINK}[:@]`);
/** Whoever ends the listener again and again is not to keep us busy. */
const AGAIN_MS = 1000;
/** The first wait for the listener; it takes some five milliseconds. */
const FIRST_WAIT_MS = 20;

/**
 * Hears of uplinks that end: the kernel takes their interface away, and tells whoever listens in the hub, which knows the namespaces of
 * the instances by its links to them. One small program for a job, which sleeps until then.
 */
export class UplinkWatch {
  readonly #hub: string;
  readonly #changed: () => void;
  #listener: ChildProcess | undefined;
  #closed = false;

  /** `changed` is called when an uplink has ended, and when it begins to be heard of: what was before is to be looked at. */
  constructor(hub: string, changed: () => void) {
    this.#hub = hub;
    this.#changed = changed;
    this.#listen();
  }

  close(): void {
    this.#closed = true;
    this.#listener?.kill('SIGKILL');
  }

  #listen(): void {
    const program = findProgram('ip');
    if (program === undefined || this.#closed || !existsSync(namespacePath(this.#hub))) return;
    const listener = spawn(program, ['-n', this.#hub, ...WORDS], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {},
      cwd: '/',
      detached: true,
    });
    this.#listener = listener;
    const began = new AbortController();
    listener.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (!began.signal.aborted || GONE.test(text)) this.#changed();
      began.abort();
    });
    listener.on('error', () => began.abort());
    listener.on('close', () => {
      began.abort();
      setTimeout(() => this.#listen(), AGAIN_MS).unref();
    });
    letGo(listener);
    void this.#rouse(began.signal);
  }

  /** It does not say when it listens: so something is changed until it tells of that. */
  async #rouse(began: AbortSignal): Promise<void> {
    for (let wait = FIRST_WAIT_MS; !began.aborted && !this.#closed; wait *= 2) {
      await delay(wait, undefined, { ref: false });
      await ipWithin(this.#hub, [`link set lo alias watched-${wait}`]).catch(() => undefined);
    }
  }
}

/** Ends those who listen in hubs: as long as one does, the namespace stays. A killed server leaves some. */
export function endWatches(hubs: readonly string[]): void {
  for (const pid of processes()) {
    const [program = '', , hub = '', ...words] = argumentsOf(pid);
    if (basename(program) !== 'ip' || !hubs.includes(hub) || words[0] !== WORDS[0]) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

/** Listening keeps no program from ending. */
function letGo(listener: ChildProcess): void {
  listener.unref();
  const { stdout } = listener;
  if (stdout && 'unref' in stdout && typeof stdout.unref === 'function') stdout.unref();
}
