import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { after, before, describe as group, test } from 'node:test';
import { promisify } from 'node:util';
import { TerminalScreen } from './screen.ts';
import { TRAINYARD, Workplace } from './trainyard.ts';

/** How each shell is started without anybody's settings, and what its users are told to do. */
const SHELLS = [
  {
    shell: 'bash',
    program: ['bash', '--norc', '-i'],
    setup: 'PS1="ready> "; source <(trainyard completion bash)',
  },
  {
    shell: 'zsh',
    program: ['zsh', '-f', '-i'],
    setup: 'PS1="ready> "; autoload -U compinit; compinit -u -D; source <(trainyard completion zsh)',
  },
  {
    shell: 'fish',
    program: ['fish', '--no-config', '-i'],
    setup: 'function fish_prompt; echo -n "ready> "; end; trainyard completion fish | source',
  },
];

/** What is typed before Tab, and what stands on the line or below it then. */
const CASES: readonly (readonly [typed: string, shown: RegExp])[] = [
  ['trainyard desc', /ready> trainyard describe /],
  ['trainyard logs --foll', /ready> trainyard logs --follow /],
  ['trainyard describe first-', /ready> trainyard describe first-job /],
  ['trainyard logs first-job --host algo', /ready> trainyard logs first-job --host algo-1 /],
  ['trainyard ls --status Comp', /ready> trainyard ls --status Completed /],
  ['trainyard run --instance-type ml.p4de', /ready> trainyard run --instance-type ml\.p4de\.24xlarge /],
  ['trainyard cp weig', /ready> trainyard cp weights\.txt /],
  ['trainyard clock adv', /ready> trainyard clock advance /],
  ['trainyard completion f', /ready> trainyard completion fish /],
];

group('Tab in a terminal', () => {
  let place: Workplace;
  before(async () => {
    place = await Workplace.start();
    await place.run('run', '--name', 'first-job', '--', 'true');
    await place.write('weights.txt', 'w');
    await mkdir(join(place.folder, 'bin'));
    await place.write('bin/trainyard', `#!/bin/sh\nexec '${process.execPath}' '${TRAINYARD}' "$@"\n`);
    await chmod(join(place.folder, 'bin/trainyard'), 0o755);
  });
  after(() => place.end());

  for (const { shell, program, setup } of SHELLS) {
    test(`completes in ${shell}`, async (t) => {
      if (!(await TerminalScreen.isThere())) return t.skip('tmux is not installed');
      if (!(await isInstalled(shell))) return t.skip(`${shell} is not installed`);
      const { environment, folder } = place;
      const path = `${join(folder, 'bin')}${delimiter}${environment.PATH}`;
      const screen = await TerminalScreen.open(folder, { ...environment, PATH: path }, program);
      try {
        await screen.keys(setup, 'Enter');
        await screen.until(/^ready> *$/m);
        for (const [typed, shown] of CASES) {
          await screen.keys(typed, 'Tab');
          await screen.until(shown);
          await screen.keys('C-u');
          await screen.until(/^ready> *$/m);
        }
        // Several: below the line, whatever was typed stays.
        await screen.keys('trainyard s', 'Tab', 'Tab');
        await screen.until(/ready> trainyard s.*\n(.*\n)*.*\bserve\b.*(\n.*)*\bstop\b/);
      } finally {
        await screen.close();
      }
    });
  }

  test('what the shells ask for is there for no other reason than the server', async () => {
    const types = await place.run('__complete', 'instance-types', '--', 'ml.m5.', 'run', '--instance-type');
    assert.match(types.output, /^ml\.m5\.large$/m);
    assert.ok(types.output.split('\n').every((each) => each === '' || each.startsWith('ml.m5.')));
    const none = await place.run('__complete', 'jobs', '--', '', 'logs', '--data-dir', '/nowhere');
    assert.equal(none.output, '');
  });
});

async function isInstalled(shell: string): Promise<boolean> {
  return promisify(execFile)(shell, ['--version']).then(
    () => true,
    () => false,
  );
}
