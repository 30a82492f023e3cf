import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Algorithm, AlgorithmExit, RunningAlgorithm, Runtime } from '../../executors/runtime.ts';

/** What a scripted algorithm may do: it sees its own `/opt/ml` and its output, and is told when it is asked to end. */
export interface AlgorithmStage {
  readonly algorithm: Algorithm;
  readonly stopped: Promise<number>;
  print(text: string): Promise<void>;
}

export type Script = (stage: AlgorithmStage) => Promise<number>;

/**
 * A runtime whose algorithms are functions of the test. It keeps its promise over crashes of the agent: what it has started for a
 * home it finds again, from the same object or from the exit code that it left in `home/run`.
 */
export class FakeRuntime implements Runtime {
  readonly name = 'fake';
  script: Script = async () => 0;
  bringImage?: NonNullable<Runtime['bringImage']>;
  readonly started: Algorithm[] = [];
  readonly calls: string[] = [];
  readonly #running = new Map<string, RunningAlgorithm>();

  async start(algorithm: Algorithm): Promise<RunningAlgorithm> {
    const existing = this.#running.get(algorithm.home) ?? (await this.#recover(algorithm));
    if (existing) return existing;
    await mkdir(join(algorithm.home, 'run'));
    this.started.push(algorithm);
    const stop = Promise.withResolvers<number>();
    const print = (text: string) => appendFile(algorithm.output, text);
    const ended = this.script({ algorithm, stopped: stop.promise, print }).then(async (code) => {
      await writeFile(exitFile(algorithm), String(code));
      return exited(code);
    });
    const running = this.#algorithm(ended, stop.resolve);
    this.#running.set(algorithm.home, running);
    return running;
  }

  async #recover(algorithm: Algorithm): Promise<RunningAlgorithm | undefined> {
    const code = await readFile(exitFile(algorithm), 'utf8').catch(() => undefined);
    return code === undefined ? undefined : this.#algorithm(Promise.resolve(exited(Number(code))), () => {});
  }

  #algorithm(ended: Promise<AlgorithmExit>, stop: (graceMs: number) => void): RunningAlgorithm {
    return {
      ended,
      stop: async (graceMs) => {
        this.calls.push(`stop ${graceMs}`);
        stop(graceMs);
      },
      lose: async () => {
        this.calls.push('lose');
      },
      release: async () => {
        this.calls.push('release');
      },
      abandon: () => {
        this.calls.push('abandon');
      },
    };
  }
}

const exitFile = (algorithm: Algorithm) => join(algorithm.home, 'run', 'exit');

const exited = (code: number): AlgorithmExit => ({ kind: 'exited', code, outOfMemory: false });
