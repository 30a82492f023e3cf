import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, succeeds } from './command.ts';

const requirements = fileURLToPath(new URL('../requirements.txt', import.meta.url));
const folder = fileURLToPath(new URL('../../.cache/acceptance-venv/', import.meta.url));
/** Holds what the environment was made of, and is written last: without it, the environment is not whole. */
const stamp = join(folder, 'made-of');
/** The clients under test are the current ones, but they needn't be asked for each day. */
const CURRENT_FOR_MS = 7 * 24 * 3600 * 1000;

/** What a suite needs can't be had on this machine. */
export class Unavailable extends Error {}

/** A virtual environment with boto3 and the AWS CLI. Returns its folder of programs. */
export async function pythonClients(): Promise<string> {
  const bin = join(folder, 'bin');
  const python = await pythonWithVenv();
  if (await isCurrent(bin)) return bin;
  process.stdout.write('Installing the Python clients\n');
  await rm(folder, { recursive: true, force: true });
  await must(python, ['-m', 'venv', folder]);
  await must(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
  await writeFile(stamp, await madeOf());
  return bin;
}

async function pythonWithVenv(): Promise<string> {
  for (const python of ['python3', '/usr/bin/python3']) {
    if (await succeeds(python, ['-c', 'import ensurepip, venv'])) return python;
  }
  throw new Unavailable(
    'no Python that makes virtual environments; scripts/prepare-machine --acceptance installs it',
  );
}

async function isCurrent(bin: string): Promise<boolean> {
  const found = await readFile(stamp, 'utf8').catch(() => '');
  const [digest, made] = found.split(' ');
  const fresh = Date.now() - Number(made) < CURRENT_FOR_MS;
  return (
    fresh &&
    digest === (await madeOf()).split(' ')[0] &&
    succeeds(join(bin, 'python'), ['-c', 'import boto3'])
  );
}

async function madeOf(): Promise<string> {
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  return `${digest} ${Date.now()}`;
}

async function must(command: string, args: readonly string[]): Promise<void> {
  const status = await run(command, args, process.env);
  if (status !== 0) throw new Unavailable(`'${command} ${args.join(' ')}' failed with ${status}`);
}
