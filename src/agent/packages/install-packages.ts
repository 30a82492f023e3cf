import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Algorithm, type RunningAlgorithm, RuntimeFault } from '../../executors/runtime.ts';
import { readLastWords } from '../algorithm/last-words.ts';
import type { Instance } from '../hook.ts';
import { hasMarker, instanceId, removeMarker, setMarker } from '../instance-folder.ts';

/** Into a folder of the instance's own; `sync`, for what is kept for others must survive a power cut. */
const INSTALL = [
  'python3 -m pip install --disable-pip-version-check --no-input --target /opt/ml/packages',
  '--requirement /opt/ml/requirements.txt && sync',
].join(' ');

const homeOf = ({ folder }: Instance) => join(folder.state, 'packages');
const packagesOf = (instance: Instance) => join(homeOf(instance), 'ml', 'packages');

/**
 * Installs packages in a sandbox that has nothing of the job's but the text that names them, so what comes of it depends on that
 * text alone. Resolves with their folder; undefined when they can't be installed.
 */
export async function installPackages(
  instance: Instance,
  requirements: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const build = buildOf(instance);
  // What one that was ended left is no start for another; one that a killed server left is found, and goes on.
  if (!hasMarker(instance.folder, 'installing')) await forgetInstallation(instance);
  await mkdir(build.mlRoot, { recursive: true });
  await writeFile(join(build.mlRoot, 'requirements.txt'), requirements);
  setMarker(instance.folder, 'installing');
  const running = await instance.environment.runtime.start(build);
  const stop = () => void running.stop(0);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const exit = await running.ended;
  signal.removeEventListener('abort', stop);
  await end(instance, running);
  signal.throwIfAborted();
  if (exit.kind === 'exited' && exit.code === 0) return packagesOf(instance);
  instance.environment.log(
    `${instance.plan.jobName}: requirements.txt was not installed for all: ${await readLastWords(build.output)}`,
  );
  return undefined;
}

/** Ends an installation that an agent before a crash may have left. */
export async function endInstallation(instance: Instance): Promise<void> {
  if (!hasMarker(instance.folder, 'installing')) return;
  const running = await instance.environment.runtime.start(buildOf(instance)).catch((error) => {
    // It never ran.
    if (error instanceof RuntimeFault) return undefined;
    throw error;
  });
  await running?.stop(0);
  await running?.ended;
  await end(instance, running);
}

async function end(instance: Instance, running: RunningAlgorithm | undefined): Promise<void> {
  await running?.release();
  removeMarker(instance.folder, 'installing');
}

/** Removes what an installation left beside the packages. */
export const forgetInstallation = (instance: Instance): Promise<void> =>
  rm(homeOf(instance), { recursive: true, force: true });

function buildOf(instance: Instance): Algorithm {
  const { plan, environment } = instance;
  const home = homeOf(instance);
  return {
    id: `${instanceId(plan)}-packages`,
    home,
    mlRoot: join(home, 'ml'),
    image: plan.request.AlgorithmSpecification?.TrainingImage ?? '',
    entrypoint: ['/bin/sh', '-c', INSTALL],
    // A target and a user's own folder exclude each other.
    environment: { PIP_USER: '0' },
    hostname: plan.host,
    hosts: [],
    networkIsolation: false,
    ...environment.instanceType,
    gpus: [],
    output: join(home, 'output'),
  };
}
