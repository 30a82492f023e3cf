import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Unavailable } from './python.ts';

const run = promisify(execFile);

/** The program of version 2 of the AWS CLI, wherever on the PATH it stands. Rejects with `Unavailable` where there is none. */
export async function awsCli2(): Promise<string> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
  for (const program of new Set(folders.map((folder) => join(folder, 'aws')))) {
    const { stdout } = await run(program, ['--version']).catch(() => ({ stdout: '' }));
    if (stdout.startsWith('aws-cli/2.')) return program;
  }
  throw new Unavailable('no version 2 of the AWS CLI; scripts/prepare-machine --acceptance installs it');
}
