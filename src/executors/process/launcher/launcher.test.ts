import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { systemClock } from '../../../clock/system-clock.ts';
import { readClaim } from '../claim.ts';
import { examineMachine } from '../machine.ts';
import { createProcessRuntime } from '../process-runtime.ts';
import { bootId } from '../process-table.ts';
import { runFolder } from '../run-folder.ts';
import {
  defaultSettings,
  exited,
  finished,
  instance,
  skip as noSandbox,
  script,
} from '../sandbox-fixture.ts';
import { findOwnLauncher, type OwnLaunch, ownLaunch } from './own-launcher.ts';

const machine = await examineMachine(defaultSettings);
const asRoot = process.getuid?.() === 0 ? false : 'needs root';
const mountsOfMachine = () => readFileSync('/proc/self/mountinfo', 'utf8');

/** A run folder with a launcher in it, or the reason why there is none. */
async function place(t: TestContext) {
  const home = mkdtempSync(join(tmpdir(), 'trainyard-launcher-'));
  t.after(() => rmSync(home, { recursive: true }));
  const folder = runFolder(home);
  if (!(await findOwnLauncher(folder, machine))) t.skip('it can not run here');
  writeFileSync(folder.options, 'the options');
  const launch = (wanted: Partial<OwnLaunch>) => {
    const [program = '', ...words] = ownLaunch(folder, { cgroups: [], needless: [], command: [], ...wanted });
    return { program, words };
  };
  const run = (wanted: Partial<OwnLaunch>) => {
    const { program, words } = launch(wanted);
    const status = openSync(folder.status, 'a');
    return spawnSync(program, words, { stdio: ['ignore', 'pipe', 'pipe', status], encoding: 'utf8' });
  };
  return { home, folder, launch, run };
}

const shell = (text: string) => ['/bin/sh', '-c', text];

describe('the launcher', { skip: noSandbox }, () => {
  test('becomes the command, with its files, having said who it is', async (t) => {
    const { folder, run } = await place(t);
    const text = 'cat <&4; echo told >&5; umask; cmp /proc/self/fd/7 "$0/launcher" && echo " $$"';
    const { stdout } = run({ command: ['/bin/sh', '-c', text, folder.path] });
    assert.match(stdout, /^the options0022\n \d+\n$/);
    assert.equal(readFileSync(folder.status, 'utf8'), 'told\n');
    const claim = readClaim(folder);
    assert.ok(claim.kind === 'signed');
    assert.deepEqual([claim.bootId, claim.launcher.pid], [bootId(), Number(stdout.split(' ').at(-1))]);
  });

  test('is the only one that goes on, however many are started', async (t) => {
    const { launch } = await place(t);
    const { program, words } = launch({ command: ['/bin/echo', 'on'] });
    const outputs = Array.from({ length: 10 }, async () => {
      const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
      const parts: string[] = [];
      child.stdout.setEncoding('utf8').on('data', (part) => parts.push(part));
      const [code] = await once(child, 'close');
      assert.equal(code, 0);
      return parts.join('');
    });
    assert.equal((await Promise.all(outputs)).join(''), 'on\n');
  });

  test('hears what its shell ignored', async (t) => {
    const { launch } = await place(t);
    const { program, words } = launch({ command: shell('grep SigIgn /proc/self/status') });
    const ignoring = ['-c', 'trap "" INT QUIT; exec "$@"', 'sh', program, ...words];
    assert.equal(spawnSync('/bin/sh', ignoring, { encoding: 'utf8' }).stdout, 'SigIgn:\t0000000000000000\n');
  });

  test('goes no further than to a cgroup that it can’t join, and says so', async (t) => {
    const { folder, home, run } = await place(t);
    const { stdout, status } = run({ cgroups: [join(home, 'none')], command: shell('echo on') });
    assert.deepEqual([stdout, status], ['', 1]);
    assert.equal(readFileSync(folder.status, 'utf8'), '{"launch-error":"cgroup"}\n');
    assert.equal(readClaim(folder).kind, 'signed');
  });

  test('forgets mounts, of which the machine notices nothing', { skip: asRoot }, async (t) => {
    const { home, run } = await place(t);
    const point = join(home, 'point');
    mkdirSync(point);
    execFileSync('mount', ['-t', 'tmpfs', 'trainyard', point]);
    try {
      // Where mounts tell each other, these do.
      execFileSync('mount', ['--make-shared', point]);
      const own = () =>
        mountsOfMachine()
          .split('\n')
          .filter((line) => line.includes(` ${point} `));
      const { stdout } = run({ needless: [point], command: shell('cat /proc/self/mountinfo') });
      assert.match(stdout, / \/proc /);
      assert.ok(!stdout.includes(` ${point} `));
      assert.equal(own().length, 1);
    } finally {
      execFileSync('umount', [point]);
    }
  });

  test('says in a sandbox that it begins, lets go of its files, and names what is missing', async (t) => {
    const { folder } = await place(t);
    const begin = (command: readonly string[]) => {
      const status = openSync(folder.status, 'a');
      const files = ['ignore', 'pipe', 'pipe', 'ignore', 'ignore', status, status, status] as const;
      return spawnSync(folder.launcher, ['begin', ...command], { stdio: [...files], encoding: 'utf8' });
    };
    assert.equal(begin(shell('ls -l /proc/$$/fd | grep -c status')).stdout, '0\n');
    assert.equal(readFileSync(folder.status, 'utf8'), '{"started":true}\n');
    const missing = begin(['no-such-program']);
    assert.deepEqual([missing.status, missing.stderr], [127, 'trainyard: no-such-program: not found\n']);
    assert.equal(begin(['/etc/passwd']).status, 126);
  });
});

test('on a disk that no program may run from shells launch', { skip: noSandbox || asRoot }, async (t) => {
  const algorithm = instance(t, script('grep SigIgn /proc/self/status; exit 3'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'noexec', 'trainyard', algorithm.home]);
  try {
    mkdirSync(algorithm.mlRoot);
    assert.equal(await findOwnLauncher(runFolder(algorithm.home), machine), undefined);
    const runtime = createProcessRuntime(defaultSettings, { clock: systemClock, hidden: [] });
    const { exit, output } = await finished(t, algorithm, runtime);
    assert.deepEqual([exit, output], [exited(3), 'SigIgn:\t0000000000000000\n']);
  } finally {
    execFileSync('umount', [algorithm.home]);
  }
});
