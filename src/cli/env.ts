import type { Command } from 'commander';
import type { SettingFlags } from '../config/load-settings.ts';
import type { ServerAddress } from '../server/data-folder.ts';
import { examples } from './command.ts';
import { EXIT } from './exit-codes.ts';

/** A server is ready within a second; one that has a lot to take up again within a few. */
const READY_WITHIN_MS = 60_000;

export function addEnvCommand(program: Command): void {
  program
    .command('env')
    .summary('Print what points AWS clients at the server')
    .description('Print the variables that point AWS clients at the server')
    .option('--data-dir <folder>', "the server's data directory (default ~/.local/share/trainyard)")
    .option('--config <file>', 'the settings file (default trainyard.yaml, if there is one)')
    .option(
      '--proxy',
      'also the variables for code that goes to AWS whatever it is told, like the SageMaker SDK',
    )
    .option('--wait', 'until the server is ready, which was just started: a minute at most')
    .option('--json', 'one JSON object instead of export lines')
    .addHelpText(
      'after',
      examples('eval "$(trainyard env --wait)"', 'trainyard env --json | jq -r .AWS_ENDPOINT_URL'),
    )
    .action(printEnvironment);
}

interface EnvFlags extends SettingFlags {
  readonly json?: boolean;
  readonly proxy?: boolean;
  readonly wait?: boolean;
}

async function printEnvironment({ json, proxy, wait, ...flags }: EnvFlags): Promise<void> {
  // Loaded here, so that other commands do not pay for the settings.
  const { addressOf } = await import('./server-of.ts');
  const address = wait ? await readyAddress(flags) : addressOf(flags);
  if (!isAlive(address.pid)) console.error('trainyard: the server is not running; this is where it was.');
  const variables = { ...address.variables, ...(proxy && address.proxyVariables) };
  if (json) console.log(JSON.stringify(variables, null, 2));
  else for (const [name, value] of Object.entries(variables)) console.log(`export ${name}=${value}`);
}

async function readyAddress(flags: SettingFlags): Promise<ServerAddress> {
  // Loaded here, so that `trainyard env` does not pay for it.
  const { serverWithin } = await import('./running-server.ts');
  const { dataDirOf, fail } = await import('./server-of.ts');
  const dataDir = dataDirOf(flags);
  const address = await serverWithin(READY_WITHIN_MS, dataDir);
  if (!address) {
    const seconds = READY_WITHIN_MS / 1000;
    return fail(`no server was ready on ${dataDir} within ${seconds} s: what does it say?`, EXIT.noServer);
  }
  return address;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
