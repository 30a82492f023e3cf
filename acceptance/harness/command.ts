import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs a command with its output passed on. Resolves with its exit status; -1 when it ended by a signal. */
export async function run(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: environment });
  const [code] = await once(child, 'exit');
  return code ?? -1;
}

/** Runs a command silently. Resolves with whether it could be run and succeeded. */
export async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(command, args, { stdio: 'ignore' });
  try {
    const [code] = await once(child, 'exit');
    return code === 0;
  } catch {
    return false;
  }
}
