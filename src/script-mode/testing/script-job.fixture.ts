import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

const RUNNER = join(import.meta.dirname, '../runner');

export interface ScriptJobOptions {
  /** As in a request: text. */
  readonly hyperparameters?: Readonly<Record<string, string>>;
  /** Files of `/opt/ml/code`, as if the image had brought them. */
  readonly code?: Readonly<Record<string, string>>;
  readonly resources?: object;
  readonly channels?: object;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ScriptEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
  /** `/opt/ml/output/failure`. */
  readonly failure: string | undefined;
}

/** A job whose `/opt/ml` is a folder of its own, run by the real runner. */
export class ScriptJob {
  readonly ml: string;
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(ml: string, environment: Readonly<Record<string, string>>) {
    this.ml = ml;
    this.#environment = environment;
  }

  static async make(t: TestContext, options: ScriptJobOptions = {}): Promise<ScriptJob> {
    const ml = await mkdtemp(join(tmpdir(), 'trainyard-script-'));
    t.after(() => rm(ml, { recursive: true, force: true }));
    const resources = {
      ...{ current_host: 'algo-1', current_instance_type: 'ml.m5.large', hosts: ['algo-1'] },
      ...{ current_group_name: 'homogeneousCluster', network_interface_name: 'eth0' },
      instance_groups: [
        { instance_group_name: 'homogeneousCluster', instance_type: 'ml.m5.large', hosts: ['algo-1'] },
      ],
      ...options.resources,
    };
    const files = {
      'input/config/hyperparameters.json': JSON.stringify(options.hyperparameters ?? {}),
      'input/config/resourceconfig.json': JSON.stringify(resources),
      'input/config/inputdataconfig.json': JSON.stringify(options.channels ?? {}),
      ...Object.fromEntries(
        Object.entries(options.code ?? {}).map(([name, content]) => [`code/${name}`, content]),
      ),
    };
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(ml, name)), { recursive: true });
      await writeFile(join(ml, name), content);
    }
    await mkdir(join(ml, 'output'));
    return new ScriptJob(ml, {
      ...{ PATH: process.env.PATH ?? '', SAGEMAKER_BASE_DIR: ml, TRAINING_JOB_NAME: 'job-1' },
      ...{ AWS_REGION: 'us-west-2', PYTHONDONTWRITEBYTECODE: '1' },
      ...options.environment,
    });
  }

  start(...args: string[]): ChildProcess {
    return spawn('python3', [RUNNER, ...args], {
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async run(...args: string[]): Promise<ScriptEnd> {
    return this.end(this.start(...args));
  }

  /** How a runner that was started ends. */
  async end(runner: ChildProcess): Promise<ScriptEnd> {
    const [[code, signal], output, errors] = await Promise.all([
      once(runner, 'close'),
      runner.stdout ? text(runner.stdout) : '',
      runner.stderr ? text(runner.stderr) : '',
    ]);
    const failure = await readFile(join(this.ml, 'output/failure'), 'utf8').catch(() => undefined);
    return { code, signal, output, errors, failure };
  }
}
