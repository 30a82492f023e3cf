import { type Command, InvalidArgumentError } from 'commander';
import type { SettingFlags } from '../config/load-settings.ts';
import { examples, failureOf } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { hasTerminal, onceAskedToEnd } from './serving/asked-to-end.ts';
import { npmChainOf } from './serving/npm-chain.ts';

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .summary('Serve the API in the foreground')
    .description('Serve the API in the foreground. SIGTERM ends the server; running jobs go on.')
    .option('--port <n>', 'the port to listen on; 0 picks a free one (default 7117)', parsePort)
    .option('--host <address>', 'the address to bind to (default 127.0.0.1)')
    .option('--data-dir <folder>', 'where everything is kept (default ~/.local/share/trainyard)')
    .option('--config <file>', 'the settings file (default trainyard.yaml, if there is one)')
    .option('--test-clock', 'jobs live by a clock that `trainyard clock advance` moves on, for tests')
    .addHelpText('after', examples('trainyard serve', 'trainyard serve --port 0 --data-dir ./server-data'))
    .action(serve);
}

async function serve(flags: SettingFlags): Promise<void> {
  const npm = npmChainOf(process.pid, process.env);
  // Loaded here, so that `trainyard --help` does not pay for the whole server.
  const { startServer, CannotStart } = await import('../server/server.ts');
  const { BadSettings, loadSettings } = await import('../config/load-settings.ts');
  try {
    const server = await startServer(loadSettings(flags), (line) => console.error(line));
    console.log(`trainyard ready on ${server.url}`);
    // Programs that start us read one line of our output.
    console.error(`the page, once: ${server.signInLink()}`);
    const why = await onceAskedToEnd({ npm, terminal: hasTerminal() });
    if (why) console.error(`trainyard: ${why}: the server ends, running jobs go on.`);
    await server.close();
    process.exit(0);
  } catch (error) {
    const isTold = error instanceof BadSettings || error instanceof CannotStart;
    const failure = isTold ? error : failureOf(error);
    if (!failure) throw error;
    console.error(`trainyard: ${failure.message}`);
    process.exit(EXIT.failed);
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new InvalidArgumentError('a port is 0 to 65535');
  return port;
}
