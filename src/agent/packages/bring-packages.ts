import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Companion, CompanionHook } from '../companion.ts';
import type { Hook, Instance } from '../hook.ts';
import { endInstallation, forgetInstallation, installPackages } from './install-packages.ts';
import { KEY_FILE, type PackageCache } from './package-cache.ts';
import { plainRequirements } from './requirements.ts';
import { sourceRequirements } from './source-requirements.ts';

/** Where the script runner finds them (`script-mode/runner/packages.py`). */
const SHOWN_AT = '/opt/trainyard/packages';

const keyFile = ({ folder }: Instance) => join(folder.home, KEY_FILE);

/**
 * Has the packages of a script's `requirements.txt` ready in the cache, where its image runs scripts. What can't be brought
 * (there is no pip, or an address in it) is left to the runner in the job, whose failure says why.
 */
export const bringPackages: Hook = {
  name: 'bring packages',
  async run(instance, signal) {
    const { plan, environment } = instance;
    const python = environment.scriptPython?.(plan.request.AlgorithmSpecification?.TrainingImage ?? '');
    const cache = environment.packages;
    if (python === undefined || !cache) return;
    const text = await sourceRequirements(instance, signal).catch(() => undefined);
    signal.throwIfAborted();
    const requirements = text && plainRequirements(text);
    if (!requirements) return;
    const key = cache.key(requirements, python);
    await cache.holding(key, async () => {
      if (await isThere(instance, { cache, key, requirements }, signal))
        await writeFile(keyFile(instance), key);
    });
  },
};

interface Wanted {
  readonly cache: PackageCache;
  readonly key: string;
  readonly requirements: string;
}

/** Whether the packages are in the cache by now. */
async function isThere(
  instance: Instance,
  { cache, key, requirements }: Wanted,
  signal: AbortSignal,
): Promise<boolean> {
  if (await cache.has(key)) return true;
  // Nothing of a job without a network may reach one.
  if (instance.plan.request.EnableNetworkIsolation) return false;
  instance.say('Installing requirements.txt, for this job and those that ask for the same');
  const installed = await installPackages(instance, requirements, signal);
  if (installed !== undefined) await cache.adopt(key, installed);
  await forgetInstallation(instance);
  return installed !== undefined;
}

/** Shows them to the algorithm, for reading only. */
export const showPackages: CompanionHook = {
  name: 'show packages',
  async start(instance): Promise<Companion | undefined> {
    const cache = instance.environment.packages;
    const key = await readFile(keyFile(instance), 'utf8').catch(() => undefined);
    if (key === undefined || !cache) return undefined;
    return {
      mounts: [{ source: cache.pathOf(key), target: SHOWN_AT, readOnly: true }],
      finish: async () => {},
      abandon: () => {},
    };
  },
  release: endInstallation,
};
