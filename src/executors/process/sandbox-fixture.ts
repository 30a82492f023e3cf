import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../clock/system-clock.ts';
import type { Algorithm, AlgorithmExit, RunningAlgorithm, Runtime } from '../runtime.ts';
import { HOST_IMAGE, processSettings } from './config.ts';
import { createProcessRuntime } from './process-runtime.ts';

/** The settings of a machine with nothing set. */
export const defaultSettings = processSettings(2).parse({});

export const sandboxes = createProcessRuntime(defaultSettings, { clock: systemClock, hidden: [] });

export const machine = await sandboxes.fingerprint();

/** For tests that need real sandboxes: why they can't run here. On a build server they must. */
export const skip = machine.ok ? false : machine.problems.join(' ');
if (skip && process.env.CI === 'true') throw new Error(skip);

/** What was started in a folder and is to be ended before the folder is removed: hooks run in the order in which they are made. */
const startedIn = new Map<string, RunningAlgorithm[]>();

/** An instance of the host image in a folder of its own, which is gone after the test. */
export function instance(t: TestContext, wanted: Partial<Algorithm> = {}): Algorithm {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'trainyard-instance-')));
  t.after(async () => {
    for (const running of startedIn.get(home) ?? []) await remove(running);
    startedIn.delete(home);
    rmSync(home, { recursive: true, force: true });
  });
  const mlRoot = join(home, 'ml');
  mkdirSync(mlRoot);
  return {
    id: '1-1-algo-1',
    home,
    mlRoot,
    image: HOST_IMAGE,
    environment: {},
    hostname: 'algo-1',
    hosts: [],
    networkIsolation: false,
    gpus: [],
    output: join(home, 'output'),
    ...wanted,
  };
}

/** The members that run a shell script. */
export function script(text: string): Pick<Algorithm, 'entrypoint'> {
  return { entrypoint: ['/bin/bash', '-c', text] };
}

/** Starts it; whatever the test does, nothing of it is left afterwards. */
export async function started(_t: TestContext, algorithm: Algorithm, runtime: Runtime = sandboxes) {
  const running = await runtime.start(algorithm);
  startedIn.set(algorithm.home, [running, ...(startedIn.get(algorithm.home) ?? [])]);
  return running;
}

async function remove(running: RunningAlgorithm): Promise<void> {
  await running.stop(0);
  await running.ended;
  await running.release();
}

export interface Finished {
  readonly exit: AlgorithmExit;
  readonly output: string;
}

/** Runs it to its end. */
export async function finished(
  t: TestContext,
  algorithm: Algorithm,
  runtime: Runtime = sandboxes,
): Promise<Finished> {
  const running = await started(t, algorithm, runtime);
  const exit = await running.ended;
  return { exit, output: outputOf(algorithm) };
}

export function outputOf(algorithm: Algorithm): string {
  return readFileSync(algorithm.output, 'utf8');
}

/** Waits for a fact, as long as it takes. */
export async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await wait(5);
}

export function exited(code: number): AlgorithmExit {
  return { kind: 'exited', code, outOfMemory: false };
}
