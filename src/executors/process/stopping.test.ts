import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { TestClock } from '../../clock/test-clock.ts';
import { createProcessRuntime } from './process-runtime.ts';
import {
  defaultSettings,
  exited,
  instance,
  outputOf,
  script,
  skip,
  started,
  until,
} from './sandbox-fixture.ts';

const HOUR_MS = 3_600_000;

describe('stopping an algorithm', { skip }, () => {
  it('sends SIGTERM to process 1, whose exit code is kept', async (t) => {
    const algorithm = instance(
      t,
      script('trap "echo asked; exit 9" TERM; touch /opt/ml/ready; while :; do read -t 0.01 <> <(:); done'),
    );
    const running = await started(t, algorithm);
    await until(() => existsSync(join(algorithm.mlRoot, 'ready')));
    await running.stop(HOUR_MS);
    assert.deepEqual(await running.ended, exited(9));
    assert.equal(outputOf(algorithm), 'asked\n');
  });

  it('sends it to everyone where process 1 does not catch it', async (t) => {
    const child = 'trap "echo child asked; exit 5" TERM; touch /opt/ml/ready; while :; do sleep 0.01; done';
    const algorithm = instance(t, { entrypoint: ['/bin/sh', '-c', `/bin/bash -c '${child}'; exit $?`] });
    const running = await started(t, algorithm);
    await until(() => existsSync(join(algorithm.mlRoot, 'ready')));
    await running.stop(HOUR_MS);
    assert.deepEqual(await running.ended, exited(5));
    assert.match(outputOf(algorithm), /child asked/);
  });

  it('sends it to everyone when process 1 blocked it for a moment only', async (t) => {
    const child = 'trap "echo child asked; exit 5" TERM; touch /opt/ml/trapped; while :; do sleep 0.01; done';
    const text = `
import os, signal, subprocess, sys, time
child = subprocess.Popen(['/bin/bash', '-c', sys.argv[1]])
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
while not os.path.exists('/opt/ml/trapped'): time.sleep(0.01)
open('/opt/ml/ready', 'w').close()
while not os.path.exists('/opt/ml/go'): time.sleep(0.01)
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
sys.exit(child.wait())`;
    const algorithm = instance(t, { entrypoint: ['/usr/bin/python3', '-c', text, child] });
    const running = await started(t, algorithm);
    await until(() => existsSync(join(algorithm.mlRoot, 'ready')));
    await running.stop(HOUR_MS);
    writeFileSync(join(algorithm.mlRoot, 'go'), '');
    assert.deepEqual(await running.ended, exited(5));
    assert.match(outputOf(algorithm), /^child asked$/m);
  });

  it('sends it again to a process 1 that catches it only later', async (t) => {
    const clock = new TestClock();
    const runtime = createProcessRuntime(defaultSettings, { clock, hidden: [] });
    const text =
      'touch /opt/ml/ready; until [ -e /opt/ml/go ]; do :; done; trap "exit 4" TERM; touch /opt/ml/deaf; while :; do :; done';
    const algorithm = instance(t, script(text));
    const running = await started(t, algorithm, runtime);
    await until(() => existsSync(join(algorithm.mlRoot, 'ready')));
    await running.stop(HOUR_MS);
    writeFileSync(join(algorithm.mlRoot, 'go'), '');
    await until(() => existsSync(join(algorithm.mlRoot, 'deaf')));
    await clock.advance(1000);
    assert.deepEqual(await running.ended, exited(4));
  });

  it('leaves those alone whose process 1 catches it', async (t) => {
    const child = 'trap "echo child asked" TERM; touch /opt/ml/ready; while :; do sleep 0.01; done';
    const text = `trap "exit 3" TERM; /bin/bash -c '${child}' & while :; do wait; done`;
    const algorithm = instance(t, script(text));
    const running = await started(t, algorithm);
    await until(() => existsSync(join(algorithm.mlRoot, 'ready')));
    await running.stop(HOUR_MS);
    assert.deepEqual(await running.ended, exited(3));
    assert.equal(outputOf(algorithm), '');
  });

  it('kills what does not end in time', async (t) => {
    const clock = new TestClock();
    const runtime = createProcessRuntime(defaultSettings, { clock, hidden: [] });
    const text = 'trap "touch /opt/ml/asked" TERM; while :; do touch /opt/ml/beat; sleep 0.01; done';
    const algorithm = instance(t, script(text));
    const beat = join(algorithm.mlRoot, 'beat');
    const running = await started(t, algorithm, runtime);
    await until(() => existsSync(beat));
    await running.stop(120_000);
    await until(() => existsSync(join(algorithm.mlRoot, 'asked')));
    await clock.advance(119_999);
    for (let i = 0; i < 3; i++) {
      rmSync(beat);
      await until(() => existsSync(beat));
    }
    await clock.advance(1);
    assert.deepEqual(await running.ended, exited(137));
  });

  it('is harmless again and after the end', async (t) => {
    const clock = new TestClock();
    const runtime = createProcessRuntime(defaultSettings, { clock, hidden: [] });
    const text = "trap 'echo asked' TERM; touch /opt/ml/ready; while :; do sleep 0.01; done";
    const algorithm = instance(t, script(text));
    const running = await started(t, algorithm, runtime);
    await until(() => existsSync(join(algorithm.mlRoot, 'ready')));
    await running.stop(HOUR_MS);
    await until(() => outputOf(algorithm) !== '');
    await running.stop(HOUR_MS);
    await running.stop(0);
    assert.deepEqual(await running.ended, exited(137));
    await running.stop(HOUR_MS);
    await running.stop(0);
    assert.equal(outputOf(algorithm), 'asked\n');
  });

  it('is possible right after the start', async (t) => {
    const running = await started(t, instance(t, script('sleep 1000')));
    await running.stop(0);
    assert.deepEqual(await running.ended, exited(137));
  });
});
