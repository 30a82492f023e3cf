import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Runtime, RuntimeFault } from '../runtime.ts';
import { isFolder, type ProcessConfig } from './config.ts';
import { machineGpus } from './gpu-devices.ts';
import { storedPath } from './images/image-source.ts';
import { missingImageTools } from './images/image-tools.ts';
import type { Machine } from './machine.ts';

/** What this machine can do for algorithms. */
export interface Fingerprint {
  /** Algorithms can run. `problems` then are what they have to do without. */
  readonly ok: boolean;
  /** A sentence each, with what to do about it. */
  readonly problems: readonly string[];
  readonly sandbox: ProcessConfig['sandbox'];
  /** How limits of memory and processors are enforced. */
  readonly cgroups: 'v2' | 'v1' | 'none';
  readonly userNamespaces: boolean;
  /** Root of a sandbox can have other users beside it. */
  readonly users: boolean;
  /** Indexes of the machine's GPUs. */
  readonly gpus: readonly number[];
  readonly networkIsolation: boolean;
  readonly cores: number;
  readonly memoryBytes: number;
}

/** Puts together what was found out about the machine, and runs one algorithm in a sandbox to see that it works as a whole. */
export async function fingerprintOf(
  config: ProcessConfig,
  machine: Machine,
  runtime: Runtime,
): Promise<Fingerprint> {
  const obstacles = [...machine.obstacles, ...missingImages(config)];
  if (obstacles.length === 0 && config.sandbox === 'bubblewrap')
    obstacles.push(...(await tryImages(config, runtime)));
  return {
    ok: obstacles.length === 0,
    problems: [...obstacles, ...machine.shortcomings],
    sandbox: config.sandbox,
    cgroups: machine.cgroups?.version ?? 'none',
    userNamespaces: machine.abilities.userNamespaces,
    users: machine.abilities.userRange !== undefined,
    gpus: machineGpus(),
    networkIsolation: machine.networkIsolation,
    cores: machine.cores,
    memoryBytes: machine.memoryBytes,
  };
}

function missingImages(config: ProcessConfig): readonly string[] {
  return Object.entries(config.images).flatMap(([name, image]) => {
    const path = isFolder(image) ? image.root : storedPath(image);
    const why = isFolder(image) ? undefined : missingImageTools();
    if (why !== undefined) return [`The image ${name} can't be unpacked: ${why}.`];
    const what = isFolder(image) ? 'folder' : 'layout or archive';
    return existsSync(path) ? [] : [`The ${what} ${path} of the image ${name} does not exist.`];
  });
}

async function tryImages(config: ProcessConfig, runtime: Runtime): Promise<readonly string[]> {
  const complaints: string[] = [];
  for (const [image, each] of Object.entries(config.images)) {
    if (!isFolder(each)) continue; // It is unpacked when a job needs it.
    const complaint = await tryImage(image, runtime);
    if (complaint !== undefined) complaints.push(`The image ${image} can't be run. ${complaint}`);
  }
  return complaints;
}

/** Runs a command in the image. That it exists there doesn't matter: only that the sandbox could look for it. */
async function tryImage(image: string, runtime: Runtime): Promise<string | undefined> {
  const home = await mkdtemp(join(tmpdir(), 'trainyard-trial-'));
  try {
    const mlRoot = join(home, 'ml');
    await mkdir(mlRoot);
    const trial = await runtime.start({
      id: 'trial',
      home,
      mlRoot,
      image,
      entrypoint: ['/bin/true'],
      environment: {},
      hostname: 'algo-1',
      hosts: [],
      networkIsolation: false,
      gpus: [],
      output: join(home, 'output'),
    });
    await trial.ended;
    await trial.release();
    return undefined;
  } catch (error) {
    if (error instanceof RuntimeFault) return error.message;
    throw error;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
