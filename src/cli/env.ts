import type { Command } from 'commander';
import { BadSettings, loadSettings, type SettingFlags } from '../config/load-settings.ts';
import { layoutOf, readAddress } from '../server/data-folder.ts';

export function addEnvCommand(program: Command): void {
  program
    .command('env')
    .description('Print the variables that point AWS clients at the server: eval "$(trainyard env)"')
    .option('--data-dir <folder>', "the server's data directory (default ~/.local/share/trainyard)")
    .option('--config <file>', 'the settings file (default trainyard.yaml, if there is one)')
    .option('--json', 'one JSON object instead of export lines')
    .action(printEnvironment);
}

function printEnvironment({ json, ...flags }: SettingFlags & { readonly json?: boolean }): void {
  const variables = clientVariables(flags);
  if (json) console.log(JSON.stringify(variables, null, 2));
  else for (const [name, value] of Object.entries(variables)) console.log(`export ${name}=${value}`);
}

function clientVariables(flags: SettingFlags): Readonly<Record<string, string>> {
  const layout = layoutOf(dataDirOf(flags));
  const address = readAddress(layout);
  if (!address) {
    console.error(`trainyard: no server has used ${layout.root} yet: start one with \`trainyard serve\`.`);
    process.exit(1);
  }
  if (!isAlive(address.pid)) {
    console.error(`trainyard: the server of ${layout.root} is not running; this is where it was.`);
  }
  return address.variables;
}

function dataDirOf(flags: SettingFlags): string {
  try {
    return loadSettings(flags).dataDir;
  } catch (error) {
    if (!(error instanceof BadSettings)) throw error;
    console.error(`trainyard: ${error.message}`);
    process.exit(1);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
