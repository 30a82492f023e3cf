import type { Command } from 'commander';
import type { SettingFlags } from '../config/load-settings.ts';
import { addressOf } from './server-of.ts';

export function addEnvCommand(program: Command): void {
  program
    .command('env')
    .description('Print the variables that point AWS clients at the server: eval "$(trainyard env)"')
    .option('--data-dir <folder>', "the server's data directory (default ~/.local/share/trainyard)")
    .option('--config <file>', 'the settings file (default trainyard.yaml, if there is one)')
    .option(
      '--proxy',
      'also the variables for code that goes to AWS whatever it is told, like the SageMaker SDK',
    )
    .option('--json', 'one JSON object instead of export lines')
    .action(printEnvironment);
}

interface EnvFlags extends SettingFlags {
  readonly json?: boolean;
  readonly proxy?: boolean;
}

function printEnvironment({ json, proxy, ...flags }: EnvFlags): void {
  const address = addressOf(flags);
  if (!isAlive(address.pid)) console.error('trainyard: the server is not running; this is where it was.');
  const variables = { ...address.variables, ...(proxy && address.proxyVariables) };
  if (json) console.log(JSON.stringify(variables, null, 2));
  else for (const [name, value] of Object.entries(variables)) console.log(`export ${name}=${value}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
