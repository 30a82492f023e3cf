import type { Command } from 'commander';
import type { SettingFlags } from '../config/load-settings.ts';
import { refusalText } from './refusal-text.ts';

/** How the command ends when the session does not: the command's own codes are its own. */
const LOST = 255;

interface ExecFlags extends SettingFlags {
  readonly host: string;
  readonly tty?: boolean;
}

export function addExecCommand(program: Command): void {
  program
    .command('exec <job> [command...]')
    .summary('Run a command or a shell in a running job')
    .description(
      "Run a command beside a job's algorithm, a shell unless one is named: trainyard exec my-job --host algo-2 -- ls /opt/ml",
    )
    .option('--host <host>', 'the host of the job', 'algo-1')
    .option('-t, --tty', 'with a terminal (default: when this is one)')
    .option('-T, --no-tty', 'without one')
    .option(
      '--data-dir <folder>',
      "the server's data directory (default: the server of AWS_ENDPOINT_URL, if it is set)",
    )
    .option('--config <file>', 'the settings file (default trainyard.yaml, if there is one)')
    .addHelpText(
      'after',
      "\nThe job must have RemoteDebugConfig.EnableRemoteDebug. Ends with the command's exit code, and with 255 when there was none.",
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
    fail(error instanceof Error ? refusalText(error) : String(error), LOST);
  }
}
