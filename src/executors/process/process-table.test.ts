import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import {
  errorsGoTo,
  handlesSigterm,
  isChildOf,
  isInNamespace,
  isRunning,
  parseStat,
  processesOfSession,
  runningProcess,
} from './process-table.ts';
import { until } from './sandbox-fixture.ts';

describe('a process', () => {
  it('is read whatever its program is called', () => {
    const line = `42 (a) R (b c) S 7 42 41 0 ${'0 '.repeat(12)}3 0 123456 0 0`;
    const stat = { pid: 42, state: 'S', parent: 7, session: 41, threads: 3, startTime: 123456 };
    assert.deepEqual(parseStat(line), stat);
    assert.equal(parseStat(''), undefined);
    assert.equal(parseStat('42 (sh) S 7 4'), undefined);
  });

  it('is told from another one with its number', () => {
    const self = runningProcess(process.pid);
    assert.ok(self);
    assert.ok(isRunning(self));
    assert.ok(!isRunning({ ...self, startTime: self.startTime + 1 }));
  });

  it('is over when it is a zombie or gone', async () => {
    const child = spawn('/bin/true');
    assert.ok(child.pid);
    await once(child, 'exit');
    assert.equal(runningProcess(child.pid), undefined);
  });

  it('handles SIGTERM when it has a handler', async (t) => {
    const handling = spawn('/bin/bash', ['-c', 'trap : TERM; while :; do sleep 0.01; done'], {
      detached: true,
    });
    const ignoring = spawn('/bin/bash', ['-c', 'trap "" TERM; while :; do sleep 0.01; done'], {
      detached: true,
    });
    t.after(() => {
      for (const { pid } of [handling, ignoring]) if (pid) process.kill(-pid, 'SIGKILL');
    });
    const pid = handling.pid ?? 0;
    await until(() => handlesSigterm(pid));
    // Until it is the program that it was to become, a new process has all signals blocked.
    await until(() => !handlesSigterm(ignoring.pid ?? 0));
    assert.ok(!handlesSigterm(2 ** 30));
  });

  it('belongs to its parent and to its session', async (t) => {
    const leader = spawn('/bin/sh', ['-c', 'sleep 1000 & wait'], { detached: true });
    t.after(() => leader.pid && process.kill(-leader.pid, 'SIGKILL'));
    const self = runningProcess(process.pid);
    const identity = runningProcess(leader.pid ?? 0);
    assert.ok(self && identity);
    await until(() => processesOfSession(identity).length === 1);
    assert.ok(isChildOf(identity.pid, self));
    assert.ok(!isChildOf(identity.pid, { ...self, startTime: 1 }));
    assert.deepEqual(processesOfSession({ ...identity, startTime: identity.startTime + 1e6 }), []);
  });

  it('is in its namespace until it has ended, also where nobody lets go of it', async (t) => {
    const parent = spawn('/bin/sh', ['-c', 'exec 3<&0; read -r _ <&3 & echo $!; exec sleep 1000']);
    t.after(() => parent.kill('SIGKILL'));
    const pid = Number(await once(parent.stdout, 'data'));
    // A shell would let go of its child.
    await until(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n');
    parent.stdin.end();
    await until(() => /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
    const namespace = Number(/\d+/.exec(readlinkSync(`/proc/${pid}/ns/pid`)));
    assert.ok(isInNamespace(process.pid, namespace));
    assert.ok(!isInNamespace(pid, namespace));
  });

  it('is known by where its errors go, unless everybody’s may go there', (t) => {
    const file = join(mkdtempSync(join(tmpdir(), 'trainyard-errors-')), 'output');
    t.after(() => rmSync(dirname(file), { recursive: true }));
    const waiting = (path: string) => {
      const errors = openSync(path, 'a');
      const child = spawn('/bin/sleep', ['1000'], { stdio: ['ignore', 'ignore', errors] });
      closeSync(errors);
      t.after(() => child.kill('SIGKILL'));
      return child.pid;
    };
    const pid = waiting(file);
    waiting(`${file}-of-another`);
    waiting('/dev/null');
    assert.deepEqual(
      errorsGoTo(file).map((each) => each.pid),
      [pid],
    );
    assert.deepEqual(errorsGoTo('/dev/null'), []);
    assert.deepEqual(errorsGoTo(`${file}-of-nobody`), []);
  });
});
