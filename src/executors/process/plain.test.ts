import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { systemClock } from '../../clock/system-clock.ts';
import { type Algorithm, RuntimeFault } from '../runtime.ts';
import { readClaim } from './claim.ts';
import { createProcessRuntime } from './process-runtime.ts';
import { runningProcess } from './process-table.ts';
import { runFolder } from './run-folder.ts';
import {
  defaultSettings,
  exited,
  finished,
  instance,
  outputOf,
  script,
  started,
  until,
} from './sandbox-fixture.ts';

/** A machine without sandboxes, whose `/opt/ml` is somewhere else. */
function plain(place: Algorithm) {
  const mlLink = join(place.home, 'opt', 'ml');
  const config = { ...defaultSettings, sandbox: 'none' as const };
  return { mlLink, runtime: createProcessRuntime(config, { clock: systemClock, hidden: [], mlLink }) };
}

function fault(message: RegExp) {
  return (error: unknown) =>
    error instanceof RuntimeFault && error.blame === 'internal' && message.test(error.message);
}

describe('without a sandbox an algorithm', () => {
  it('finds its folder and ends with its exit code', async (t) => {
    const algorithm = instance(t);
    const { runtime, mlLink } = plain(algorithm);
    writeFileSync(join(algorithm.mlRoot, 'in'), 'in\n');
    const text = `cat ${mlLink}/in; echo "$HOSTNAME $A"; pwd; exit 7`;
    const { exit, output } = await finished(
      t,
      { ...algorithm, ...script(text), environment: { A: 'a b' } },
      runtime,
    );
    assert.deepEqual(exit, exited(7));
    assert.equal(output, 'in\nalgo-1 a b\n/\n');
  });

  it('ends with 127 when the command is missing, and 128 + n by a signal', async (t) => {
    const first = instance(t, { entrypoint: ['no-such-command'] });
    assert.deepEqual((await finished(t, first, plain(first).runtime)).exit, exited(127));
    const second = instance(t, script('kill -KILL $$'));
    assert.deepEqual((await finished(t, second, plain(second).runtime)).exit, exited(137));
  });

  it('gets SIGTERM, and its exit code is kept', async (t) => {
    const algorithm = instance(
      t,
      script('trap "echo asked; exit 9" TERM; echo ready; while :; do sleep 0.01; done'),
    );
    const running = await started(t, algorithm, plain(algorithm).runtime);
    await until(() => outputOf(algorithm) === 'ready\n');
    await running.stop(3_600_000);
    assert.deepEqual(await running.ended, exited(9));
    assert.equal(outputOf(algorithm), 'ready\nasked\n');
  });

  it('passes SIGTERM on to the script that a shell waits for', async (t) => {
    const child = 'trap "echo child asked; exit 5" TERM; echo ready; while :; do sleep 0.01; done';
    const algorithm = instance(t, { entrypoint: ['/bin/sh', '-c', `/bin/bash -c '${child}'; exit $?`] });
    const running = await started(t, algorithm, plain(algorithm).runtime);
    await until(() => outputOf(algorithm) === 'ready\n');
    await running.stop(3_600_000);
    assert.deepEqual(await running.ended, exited(5));
  });

  it('leaves no process behind', async (t) => {
    const algorithm = instance(t);
    const { runtime, mlLink } = plain(algorithm);
    const text = `sleep 1000 & echo $! > ${mlLink}/child; exit 2`;
    const { exit } = await finished(t, { ...algorithm, ...script(text) }, runtime);
    assert.deepEqual(exit, exited(2));
    assert.equal(runningProcess(Number(readFileSync(join(algorithm.mlRoot, 'child'), 'utf8'))), undefined);
  });

  it('is killed with all its processes', async (t) => {
    const algorithm = instance(t, script('trap "" TERM; sleep 1000 & sleep 1000; wait'));
    const running = await started(t, algorithm, plain(algorithm).runtime);
    await running.stop(0);
    assert.deepEqual(await running.ended, exited(137));
  });

  it('has vanished when its supervisor was killed', async (t) => {
    const algorithm = instance(t);
    const { runtime, mlLink } = plain(algorithm);
    const text = `until [ -e ${mlLink}/go ]; do sleep 0.01; done`;
    const running = await started(t, { ...algorithm, ...script(text) }, runtime);
    const claim = readClaim(runFolder(algorithm.home));
    assert.ok(claim.kind === 'signed');
    process.kill(claim.launcher.pid, 'SIGKILL');
    writeFileSync(join(algorithm.mlRoot, 'go'), '');
    assert.equal((await running.ended).kind, 'vanished');
  });

  it('has the machine’s one /opt/ml until it is released', async (t) => {
    const [first, second] = [instance(t, script('true')), instance(t, script('true'))];
    const { runtime, mlLink } = plain(first);
    const running = await runtime.start(first);
    await running.ended;
    await assert.rejects(runtime.start(second), fault(/another instance/));
    await running.release();
    assert.ok(!existsSync(mlLink));
    assert.deepEqual((await finished(t, second, runtime)).exit, exited(0));
  });

  it('takes over the link of an instance that is no more', async (t) => {
    const algorithm = instance(t, script('true'));
    const { runtime, mlLink } = plain(algorithm);
    mkdirSync(join(mlLink, '..'));
    symlinkSync('/nonexistent/instance', mlLink);
    assert.deepEqual((await finished(t, algorithm, runtime)).exit, exited(0));
  });

  it('never replaces somebody’s folder', async (t) => {
    const algorithm = instance(t, script('true'));
    const { runtime, mlLink } = plain(algorithm);
    mkdirSync(join(mlLink, 'model'), { recursive: true });
    await assert.rejects(runtime.start(algorithm), fault(/not empty/));
    assert.ok(lstatSync(mlLink).isDirectory());
  });

  it('can’t have what only a sandbox gives', async (t) => {
    const refusals = [
      [{ networkIsolation: true }, /network/],
      [{ hosts: [{ address: '127.0.0.2', name: 'algo-2' }] }, /several hosts/],
    ] as const;
    for (const [wanted, message] of refusals) {
      const algorithm = instance(t, { ...script('true'), ...wanted });
      const { runtime, mlLink } = plain(algorithm);
      await assert.rejects(runtime.start(algorithm), fault(message));
      assert.ok(!existsSync(mlLink));
    }
  });

  it('has that said by the fingerprint', async (t) => {
    const fingerprint = await plain(instance(t)).runtime.fingerprint();
    assert.equal(fingerprint.ok, true);
    assert.equal(fingerprint.sandbox, 'none');
    assert.equal(fingerprint.networkIsolation, false);
    assert.match(fingerprint.problems.join(' '), /without a sandbox/);
  });
});
