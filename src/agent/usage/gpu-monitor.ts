import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Clock } from '../../clock/clock.ts';

/** What a GPU is doing, in percent. */
interface GpuReading {
  readonly utilization: number;
  readonly memory: number;
}

const QUERY = [
  '--query-gpu=index,utilization.gpu,memory.used,memory.total',
  '--format=csv,noheader,nounits',
  '--loop-ms=1000',
];
/** What is older tells nothing of now. */
const STALE_MS = 10_000;

/**
 * What the machine's GPUs are doing: one `nvidia-smi` for all of them, which runs while somebody watches. Where there is none, or it
 * can't read a GPU, there is no reading.
 */
export class GpuMonitor {
  readonly #clock: Clock;
  readonly #program: string;
  readonly #readings = new Map<number, GpuReading & { readonly at: number }>();
  #watchers = 0;
  #child: ChildProcess | undefined;

  constructor(clock: Clock, program = 'nvidia-smi') {
    this.#clock = clock;
    this.#program = program;
  }

  /** Watches until the function that is returned is called. */
  watch(): () => void {
    this.#watchers++;
    this.#child ??= this.#start();
    return () => {
      this.#watchers--;
      if (this.#watchers === 0) this.#stop();
    };
  }

  /** The last readings of those GPUs that have one which still holds at `now`. */
  readings(gpus: readonly number[], now: number): readonly GpuReading[] {
    return gpus
      .map((gpu) => this.#readings.get(gpu))
      .filter((reading) => reading !== undefined && now - reading.at <= STALE_MS)
      .map((reading) => ({ utilization: reading?.utilization ?? 0, memory: reading?.memory ?? 0 }));
  }

  /** It ends by itself when there is nobody left who reads what it writes. */
  #start(): ChildProcess {
    const child = spawn(this.#program, QUERY, { stdio: ['ignore', 'pipe', 'ignore'] });
    const forget = () => {
      if (this.#child === child) this.#child = undefined;
    };
    child.once('error', forget).once('exit', forget);
    child.unref();
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => this.#take(line));
    return child;
  }

  #stop(): void {
    this.#child?.kill();
    this.#child = undefined;
    this.#readings.clear();
  }

  /** `0, 87, 40536, 143771`. What can't be read of a GPU is `[N/A]`. */
  #take(line: string): void {
    const [index = Number.NaN, utilization = Number.NaN, used = Number.NaN, total = Number.NaN] = line
      .split(',')
      .map((field) => Number.parseFloat(field));
    const memory = (100 * used) / total;
    if (!Number.isFinite(utilization) || !Number.isFinite(memory)) return;
    this.#readings.set(index, { utilization, memory, at: this.#clock.now() });
  }
}
