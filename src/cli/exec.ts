import type { Command } from 'commander';
import { NOT_FOUND } from '../client/training-api.ts';
import type { SettingFlags } from '../config/load-settings.ts';
import { addPlaceOptions, examples } from './command.ts';
import { refusalText } from './refusal-text.ts';

/** How the command ends when the session does not: the command's own codes are its own. */
const LOST = 255;

interface ExecFlags extends SettingFlags {
  readonly host: string;
  readonly tty?: boolean;
}

const NOTES = `
The job must have RemoteDebugConfig.EnableRemoteDebug. Ends with the command's
exit code, and with 255 when there was none.`;

export function addExecCommand(program: Command): void {
  addPlaceOptions(program.command('exec <job> [command...]'))
    .summary('Run a command or a shell in a running job')
    .description("Run a command beside a job's algorithm, a shell unless one is named")
    .option('--host <host>', 'the host of the job', 'algo-1')
    .option('-t, --tty', 'with a terminal (default: when this is one)')
    .option('-T, --no-tty', 'without one')
    .addHelpText(
      'after',
      `${NOTES}\n${examples('trainyard exec my-job', 'trainyard exec my-job --host algo-2 -- ls /opt/ml')}`,
    )
    .action(exec);
}

async function exec(
  job: string,
  command: readonly string[],
  { host, tty, ...flags }: ExecFlags,
): Promise<void> {
  const terminal = tty ?? (process.stdin.isTTY === true && process.stdout.isTTY === true);
  const shell = ['/bin/sh', '-c', 'command -v bash > /dev/null && exec bash -i || exec sh -i'];
  // Loaded here, so that other commands do not pay for the settings and WebSockets.
  const { fail, serverOf } = await import('./server-of.ts');
  const { runSession } = await import('./session.ts');
  try {
    const { dataDir, config } = flags;
    const server = serverOf({ dataDir, config });
    process.exit(
      await runSession(server, { job, host, terminal, command: command.length > 0 ? command : shell }),
    );
  } catch (error) {
    const why = error instanceof Error ? refusalText(error) : String(error);
    fail(why === NOT_FOUND ? `there is no job ${job}.` : why, LOST);
  }
}
