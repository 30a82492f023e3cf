import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../../clock/clock.ts';
import { systemClock } from '../../../clock/system-clock.ts';
import { type ImageSettings, imageSettings } from '../../../images/image-settings.ts';
import type { Algorithm, AlgorithmExit, RunningAlgorithm, Runtime } from '../../runtime.ts';
import { type DockerConfig, dockerSettings } from '../config.ts';
import { DockerRuntime } from '../docker-runtime.ts';
import { openEngine } from '../engine.ts';
import { EngineImages } from '../engine-images.ts';
import { makeHostImage } from './host-image.fixture.ts';
import { PrivatePodman, podmanProblem } from './podman.fixture.ts';

/** Why tests with real containers can't run here. On a build server they must. */
export const skip = podmanProblem() ?? false;
if (skip && process.env.CI === 'true') throw new Error(skip);

export const IMAGE = 'localhost/shell:1';

/** A Podman with an image that holds a shell. */
export async function podmanWithShell(): Promise<PrivatePodman> {
  const podman = await PrivatePodman.start();
  await makeHostImage(podman, IMAGE, { python: true });
  return podman;
}

export interface RuntimeChanges {
  readonly config?: Partial<DockerConfig>;
  readonly clock?: Clock;
  readonly images?: Partial<ImageSettings>;
  readonly lines?: string[];
}

/** What a server that has just started has: a new one stands for a server after a crash. */
export async function runtimeOn(
  podman: Pick<PrivatePodman, 'socket'>,
  { config = {}, images = {}, clock = systemClock, lines = [] }: RuntimeChanges = {},
): Promise<DockerRuntime> {
  const settings = { ...dockerSettings(2).parse({}), ...config };
  const engine = await openEngine(podman.socket);
  return new DockerRuntime(engine, settings, {
    images: new EngineImages(engine, { ...imageSettings.parse({}), ...images }),
    clock,
    owner: 'test',
    log: (line) => lines.push(line),
  });
}

let made = 0;

/** An instance in a folder of its own, which is gone after the test. */
export function instance(t: TestContext, wanted: Partial<Algorithm> = {}): Algorithm {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'trainyard-instance-')));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const mlRoot = join(home, 'ml');
  for (const name of ['input/data', 'model', 'output/data'])
    mkdirSync(join(mlRoot, name), { recursive: true });
  made += 1;
  return {
    id: `${made}-1-algo-1`,
    home,
    mlRoot,
    image: IMAGE,
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
export async function started(
  t: TestContext,
  algorithm: Algorithm,
  runtime: Runtime,
): Promise<RunningAlgorithm> {
  const running = await runtime.start(algorithm);
  t.after(async () => {
    await running.stop(0);
    await running.release();
  });
  return running;
}

/** Runs it to its end. */
export async function finished(
  t: TestContext,
  algorithm: Algorithm,
  runtime: Runtime,
): Promise<{ readonly exit: AlgorithmExit; readonly output: string }> {
  const running = await started(t, algorithm, runtime);
  const exit = await running.ended;
  return { exit, output: outputOf(algorithm) };
}

export const outputOf = (algorithm: Algorithm): string => readFileSync(algorithm.output, 'utf8');

/** Waits for a fact, as long as it takes. */
export async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await wait(5);
}

export const exited = (code: number): AlgorithmExit => ({ kind: 'exited', code, outOfMemory: false });
