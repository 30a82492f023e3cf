import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { addPlaceOptions, examples, type PlaceFlags, reporting } from './command.ts';

export function addOpenCommand(program: Command): void {
  addPlaceOptions(program.command('open'))
    .summary('Open the page of the server, signed in')
    .description(
      'Open the page of the server in a browser, signed in. The link is good once, for five minutes',
    )
    .option('--print', 'only print the link')
    .addHelpText('after', examples('trainyard open', 'trainyard open --print'))
    .action(reporting(open));
}

async function open({ print, ...flags }: PlaceFlags & { readonly print?: true }): Promise<void> {
  // Loaded here, so that other commands do not pay for the settings.
  const { call } = await import('./own-client.ts');
  const { serverOf } = await import('./server-of.ts');
  const { path } = await call<{ path: string }>(flags, { method: 'POST', path: 'sign-in-links' });
  const link = new URL(path, serverOf(flags).url).href;
  if (print) console.log(link);
  else await showInBrowser(link);
}

/** On a machine without a browser the link is printed, to be opened elsewhere. */
function showInBrowser(link: string): Promise<void> {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  return new Promise((resolve) => {
    const child = spawn(opener, [link], { stdio: 'ignore' });
    child.once('error', () => resolve(console.log(link)));
    child.once('exit', (code) => resolve(code === 0 ? undefined : console.log(link)));
  });
}
