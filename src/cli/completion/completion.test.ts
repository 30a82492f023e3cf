import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { Command, Option } from 'commander';
import { bashCompletion } from './bash.ts';
import { commandTree } from './command-tree.ts';
import { fishCompletion } from './fish.ts';
import { zshCompletion } from './zsh.ts';

function program(): Command {
  const top = new Command('demo');
  top
    .command('ls')
    .description("List what's there: [all]")
    .addOption(new Option('--status <status>', 'in it').choices(['Completed', 'Failed']));
  top
    .command('stop')
    .argument('<jobs...>')
    .option('--wait', 'until the end')
    .option('--job <name>', 'another');
  top.command('hidden', { hidden: true });
  top.command('logs').argument('<job>').option('--host <host>', 'of the job');
  const clock = top.command('clock');
  clock.command('show', { isDefault: true });
  clock.command('advance').argument('<duration>');
  return top;
}

/** What bash offers for the last of these words. Names of jobs come from a program that knows two. */
function offered(...words: readonly string[]): string[] {
  const script = `
    demo() { [[ "$*" == "__complete jobs -- "* ]] && printf 'job-a\\njob-b\\n'; [[ "$*" == "__complete hosts -- "*" logs job-a "* ]] && echo algo-1; }
    ${bashCompletion(commandTree(program()))}
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _demo; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' });
  return output.split('\n').filter((line) => line !== '');
}

test('bash is offered commands, options, values and jobs', () => {
  assert.deepEqual(offered('demo', ''), ['ls', 'stop', 'logs', 'clock']);
  assert.deepEqual(offered('demo', 'st'), ['stop']);
  assert.deepEqual(offered('demo', 'ls', '--st'), ['--status']);
  assert.deepEqual(offered('demo', 'ls', '--status', 'F'), ['Failed']);
  assert.deepEqual(offered('demo', 'stop', '--wait', 'job-'), ['job-a', 'job-b']);
  assert.deepEqual(offered('demo', 'stop', '--job', 'job-b'), ['job-b']);
  assert.deepEqual(offered('demo', 'logs', 'job-a', '--host', ''), ['algo-1']);
  assert.deepEqual(offered('demo', 'clock', ''), ['show', 'advance']);
  assert.deepEqual(offered('demo', 'hid'), []);
});

test('a command that is added is completed', () => {
  const top = program();
  top.command('brand-new').option('--shiny', 'x');
  for (const shell of [bashCompletion, zshCompletion, fishCompletion]) {
    const script = shell(commandTree(top));
    assert.match(script, /brand-new/);
    assert.match(script, /shiny/);
  }
});

test('fish is offered the same', (t) => {
  if (!isInstalled('fish')) return t.skip('fish is not installed');
  const jobs = "function demo; printf 'job-a\\njob-b\\n'; end";
  const offers = (line: string) =>
    execFileSync(
      'fish',
      ['--no-config', '-c', `${jobs}; ${fishCompletion(commandTree(program()))}; complete -C '${line}'`],
      { encoding: 'utf8' },
    )
      .split('\n')
      .filter((each) => each !== '')
      .map((each) => each.split('\t')[0]);
  assert.deepEqual(offers('demo ').sort(), ['clock', 'logs', 'ls', 'stop']);
  assert.deepEqual(offers('demo stop --wait job-'), ['job-a', 'job-b']);
  assert.deepEqual(offers('demo ls --status '), ['Completed', 'Failed']);
  assert.deepEqual(offers('demo clock '), ['advance', 'show']);
});

test('zsh can read its script', (t) => {
  if (!isInstalled('zsh')) return t.skip('zsh is not installed');
  execFileSync('zsh', ['-n'], { input: zshCompletion(commandTree(program())) });
});

function isInstalled(shell: string): boolean {
  try {
    execFileSync(shell, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
