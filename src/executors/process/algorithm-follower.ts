import { type FSWatcher, watch } from 'node:fs';
import { type Launch, type LaunchPhase, phaseOf } from './launch-phase.ts';

/** How often a launch is looked at when nothing tells of a change: a killed supervisor leaves no trace in its files. */
const POLL_MS = 1000;
/** While it starts or ends the next look comes this soon, then ever later: the process that told of its end is about to be gone. */
const FIRST_LOOK_MS = 2;

/**
 * Watches a launch until it is over. It doesn't matter whether this process launched it: a running algorithm and a recovered one
 * are followed in the same way.
 */
export class AlgorithmFollower {
  readonly #launch: Launch;
  readonly #onPhase: (phase: LaunchPhase) => void;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #noticed: NodeJS.Immediate | undefined;
  #pause = FIRST_LOOK_MS;
  #closed = false;

  /** `onPhase` hears of each look, the first one included, until the launch is over. */
  constructor(launch: Launch, onPhase: (phase: LaunchPhase) => void) {
    this.#launch = launch;
    this.#onPhase = onPhase;
    this.#watch();
  }

  /** Looks now. */
  look(): LaunchPhase {
    this.#rest();
    const phase = phaseOf(this.#launch);
    if (this.#closed) return phase;
    if (phase.kind === 'exited' || phase.kind === 'vanished' || phase.kind === 'failed') this.close();
    else this.#lookLater(phase.kind !== 'running' || phase.isEnding);
    this.#onPhase(phase);
    return phase;
  }

  close(): void {
    this.#closed = true;
    this.#rest();
    this.#watcher?.close();
  }

  #lookLater(changesSoon: boolean): void {
    this.#timer = setTimeout(() => this.look(), changesSoon ? this.#pause : POLL_MS);
    this.#pause = Math.min(POLL_MS, this.#pause * 2);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#noticed);
    this.#noticed = undefined;
  }

  /** Where the machine has no watches left to give, looking from time to time has to do. */
  #watch(): void {
    try {
      this.#watcher = watch(this.#launch.folder.path, () => {
        // What is written bit by bit is told of bit by bit.
        this.#noticed ??= setImmediate(() => {
          this.#pause = FIRST_LOOK_MS;
          this.look();
        });
      });
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      this.#watcher = undefined;
    }
  }
}
