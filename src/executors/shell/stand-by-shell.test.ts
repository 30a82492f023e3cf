import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { argumentsOf, processes, runningProcess } from '../process/process-table.ts';
import { until } from '../process/sandbox-fixture.ts';
import { StandByShell } from './stand-by-shell.ts';

function place(t: TestContext, name = 'place') {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-launch-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const shell = new StandByShell();
  t.after(() => shell.pid && process.kill(shell.pid, 'SIGKILL'));
  const output = join(folder, name);
  const status = `${output}.status`;
  const start = (...command: string[]) => shell.start({ command, output, status });
  const read = (path = output) => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  return { shell, output, status, start, read };
}

const childrenOf = (parent: number | undefined) =>
  processes().filter((pid) => {
    try {
      return (
        readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ')[1] === String(parent)
      );
    } catch {
      return false;
    }
  });

describe('the shell that stands by', { skip: process.platform !== 'linux' }, () => {
  test('gives a process its words, its files and nothing else', async (t) => {
    const { shell, start, read, output, status } = place(t, "it's $HOME; `a` \\ file");
    const script = 'env; pwd; read x || echo no input; ls -l /proc/self/fd; echo told >&3';
    const pid = await start('/bin/sh', '-c', script);
    await until(() => read(status) === 'told\n');
    await until(() => runningProcess(pid) === undefined);
    assert.match(read(), /^PWD=\/\n\/\nno input\n/);
    const files = [...read().matchAll(/ (\d+) -> (.*)$/gm)].map(([, file, target]) => [Number(file), target]);
    const own = files.filter(([, target]) => !`${target}`.startsWith('/proc/') && target !== '/dev/null');
    assert.deepEqual(own, [
      [1, output],
      [2, output],
      [3, status],
    ]);
    assert.equal(statSync(status).mode & 0o777, 0o600);
    assert.equal(runningProcess(shell.pid ?? 0)?.session, shell.pid, 'signals to our session are not for it');
  });

  test('lets a process hear every signal', async (t) => {
    const { start, read, status } = place(t);
    await start('/bin/sh', '-c', 'grep SigIgn /proc/self/status; echo told >&3');
    await until(() => read(status) === 'told\n');
    assert.equal(read(), 'SigIgn:\t0000000000000000\n');
  });

  test('hands on any word as it is', async (t) => {
    const { shell, status, output } = place(t);
    const word = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', '\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 4 }), async (words) => {
        rmSync(output, { force: true });
        rmSync(status, { force: true });
        const command = ['/bin/sh', '-c', 'printf "<%s>" "$@"; echo >&3', 'sh', ...words];
        await shell.start({ command, output, status });
        await until(() => existsSync(status) && statSync(status).size > 0);
        assert.equal(readFileSync(output, 'utf8'), words.map((each) => `<${each}>`).join(''));
      }),
      { numRuns: 30 },
    );
  });

  test('starts what it was given when it was killed, and what comes later', async (t) => {
    const { shell, start, read } = place(t);
    await start('/bin/echo', 'first');
    const killed = shell.pid ?? 0;
    process.kill(killed, 'SIGSTOP');
    const waiting = [start('/bin/echo', 'second'), start('/bin/echo', 'third')];
    process.kill(killed, 'SIGKILL');
    for (const pid of await Promise.all(waiting)) assert.ok(pid > 0);
    await start('/bin/echo', 'fourth');
    await until(() => read().split('\n').length === 5);
    assert.deepEqual(read().split('\n').sort(), ['', 'first', 'fourth', 'second', 'third']);
    assert.notEqual(shell.pid, killed);
  });

  test('tells how a command ended', async (t) => {
    const { shell } = place(t);
    const codes = [0, 7, 1].map((code) => shell.run(['/bin/sh', '-c', `echo not heard; exit ${code}`]));
    assert.deepEqual(await Promise.all([...codes, shell.run(['/nonexistent'])]), [0, 7, 1, 127]);
  });

  test('refuses what can not be started, and says why', async () => {
    const order = { command: ['/bin/true'], output: '/dev/null', status: '/dev/null' };
    await assert.rejects(new StandByShell('/bin/false').start(order), /^Error: \/bin\/false was killed$/);
    await assert.rejects(new StandByShell('/nonexistent').start(order), /ENOENT/);
  });

  test('outlives none of its processes, and they outlive it', async (t) => {
    const { shell, start } = place(t);
    const pids = await Promise.all(Array.from({ length: 5 }, () => start('/bin/true')));
    const long = await start('/bin/sleep', '600');
    t.after(() => process.kill(long, 'SIGKILL'));
    await until(() => pids.every((pid) => !runningProcess(pid)));
    shell.reap();
    await until(() => childrenOf(shell.pid).length === 1);
    const parent = shell.pid ?? 0;
    process.kill(parent, 'SIGKILL');
    await until(() => !runningProcess(parent));
    assert.ok(argumentsOf(long).includes('600'));
  });
});
