import { existsSync, type FSWatcher, readFileSync, watch, writeFileSync } from 'node:fs';
import { JobFault } from '../../training/fault.ts';
import type { Companion, CompanionHook } from '../companion.ts';
import type { Instance } from '../hook.ts';
import { readFault, writeFault } from './fault-file.ts';
import { feederPhase, killFeeder, launchFeeder } from './feeder-process.ts';
import { pipeChannelsOf } from './pipe-channels.ts';
import { type PipeFolder, pipeFolder } from './pipe-folder.ts';
import { Supply } from './supply.ts';

/** How often the feeder is looked after. Wishes and faults are seen at once, where folders can be watched. */
const LOOK_MS = 1000;

/** Feeds the channels in Pipe mode: starts the instance's feeder, or finds the one that runs, and serves it. */
export const feedPipes: CompanionHook = {
  name: 'feed the pipes',
  async start(instance) {
    return pipeChannelsOf(instance.plan).length > 0 ? new PipeFeeding(instance) : undefined;
  },
  async release({ plan, folder }) {
    if (pipeChannelsOf(plan).length > 0) await killFeeder(pipeFolder(folder));
  },
};

class PipeFeeding implements Companion {
  readonly #instance: Instance;
  readonly #folder: PipeFolder;
  readonly #supply: Supply;
  readonly #failure = new AbortController();
  readonly #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** A feeder that we started and that has not signed the claim yet. */
  #launching = false;

  constructor(instance: Instance) {
    this.#instance = instance;
    this.#folder = pipeFolder(instance.folder);
    this.#supply = new Supply(this.#folder.spool, instance);
    if (existsSync(this.#folder.ended)) return;
    if (feederPhase(this.#folder) === 'unclaimed') this.#launch();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    for (const path of [this.#folder.path, this.#folder.spool]) this.#watch(path);
    this.#look();
  }

  get failed(): AbortSignal {
    return this.#failure.signal;
  }

  /** A crash may come at any moment of it: what it finds out stands on the disk before the feeder is ended. */
  async finish(): Promise<void> {
    if (!existsSync(this.#folder.ended)) this.#look();
    this.#rest();
    writeFileSync(this.#folder.ended, '');
    await killFeeder(this.#folder);
    const fault = readFault(this.#folder.fault);
    if (fault) throw fault;
  }

  abandon(): void {
    this.#rest();
  }

  #launch(): void {
    const { folder, plan } = this.#instance;
    this.#launching = true;
    const over = () => {
      this.#launching = false;
      if (this.#timer) this.#look();
    };
    launchFeeder(this.#folder, folder.ml, pipeChannelsOf(plan).length).on('error', over).on('exit', over);
  }

  #watch(path: string): void {
    try {
      this.#watchers.push(watch(path, () => this.#look()).on('error', () => {}));
    } catch {
      // The timer looks.
    }
  }

  #look(): void {
    if (!existsSync(this.#folder.fault)) this.#lookAfterFeeder();
    const fault = readFault(this.#folder.fault);
    if (fault) this.#failure.abort(fault);
    else void this.#supply.look();
  }

  /** Nobody but us ends a feeder, and what its readers got then is not known: the job can't go on. */
  #lookAfterFeeder(): void {
    const phase = feederPhase(this.#folder);
    if (phase === 'gone' || (phase === 'unclaimed' && !this.#launching)) {
      const what = phase === 'gone' ? 'was killed' : 'could not be started';
      const text = `${this.#instance.plan.host}: the feeder of the channels ${what}${lastLine(this.#folder.log)}`;
      writeFault(this.#folder.fault, new JobFault('InternalServerError', text));
    }
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const watcher of this.#watchers.splice(0)) watcher.close();
    this.#supply.close();
  }
}

function lastLine(path: string): string {
  try {
    const line = readFileSync(path, 'utf8').trimEnd().split('\n').at(-1);
    return line ? `: ${line}` : '';
  } catch {
    return '';
  }
}
