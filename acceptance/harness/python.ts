import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, succeeds } from './command.ts';

/** A virtual environment of clients under test. */
interface Clients {
  readonly folder: string;
  /** The file that names its packages. */
  readonly requirements: string;
  /** Holds what the environment was made of, and is written last: without it, the environment is not whole. */
  readonly stamp: string;
  /** A module that it must have. */
  readonly module: string;
}

/** The clients under test are the current ones, but they needn't be asked for each day. */
const CURRENT_FOR_MS = 7 * 24 * 3600 * 1000;

/** What a suite needs can't be had on this machine. */
export class Unavailable extends Error {}

/** A virtual environment with boto3 and the AWS CLI. Returns its folder of programs. */
export const pythonClients = () => install(clients('acceptance-venv', 'requirements.txt', 'boto3'));

/** A virtual environment with a SageMaker Python SDK of that major version, of which one has no room for the other. */
export const sageMakerSdk = (version: 2 | 3) =>
  install(clients(`acceptance-sdk${version}-venv`, `requirements-sdk${version}.txt`, 'sagemaker'));

/** A virtual environment with what the example notebooks say that they run with, which is version 2 of the SageMaker Python SDK. */
export const notebookClients = () =>
  install(clients('acceptance-notebooks-venv', '../examples/notebooks/requirements.txt', 'nbclient'));

/**
 * A virtual environment with the toolkit that SageMaker's images run training scripts with, which needs a C compiler. It is shown to jobs, so
 * its Python is the machine's.
 */
export const trainingToolkit = () =>
  install(clients('acceptance-toolkit-venv', 'requirements-toolkit.txt', 'sagemaker_training'), [
    '/usr/bin/python3',
  ]);

function clients(name: string, requirements: string, module: string): Clients {
  const folder = fileURLToPath(new URL(`../../.cache/${name}/`, import.meta.url));
  return {
    ...{ folder, module, stamp: join(folder, 'made-of') },
    requirements: fileURLToPath(new URL(`../${requirements}`, import.meta.url)),
  };
}

async function install(
  wanted: Clients,
  pythons: readonly string[] = ['python3', '/usr/bin/python3'],
): Promise<string> {
  const { folder, requirements, stamp } = wanted;
  const bin = join(folder, 'bin');
  const python = await pythonWithVenv(pythons);
  if (await isCurrent(wanted)) return bin;
  process.stdout.write(`Installing the Python clients of ${basename(requirements)}\n`);
  await rm(folder, { recursive: true, force: true });
  await must(python, ['-m', 'venv', folder]);
  await must(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
  await writeFile(stamp, await madeOf(wanted));
  return bin;
}

async function pythonWithVenv(pythons: readonly string[]): Promise<string> {
  for (const python of pythons) {
    if (await succeeds(python, ['-c', 'import ensurepip, venv'])) return python;
  }
  throw new Unavailable(
    'no Python that makes virtual environments; scripts/prepare-machine --acceptance installs it',
  );
}

async function isCurrent(wanted: Clients): Promise<boolean> {
  const { folder, stamp, module } = wanted;
  const found = await readFile(stamp, 'utf8').catch(() => '');
  const [digest, made] = found.split(' ');
  const fresh = Date.now() - Number(made) < CURRENT_FOR_MS;
  return (
    fresh &&
    digest === (await madeOf(wanted)).split(' ')[0] &&
    succeeds(join(folder, 'bin', 'python'), ['-c', `import ${module}`])
  );
}

async function madeOf({ requirements }: Clients): Promise<string> {
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  return `${digest} ${Date.now()}`;
}

async function must(command: string, args: readonly string[]): Promise<void> {
  const status = await run(command, args, process.env);
  if (status !== 0) throw new Unavailable(`'${command} ${args.join(' ')}' failed with ${status}`);
}
