import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { TestClock } from '../../clock/test-clock.ts';
import type { Algorithm } from '../runtime.ts';
import type { DockerRuntime } from './docker-runtime.ts';
import {
  exited,
  instance,
  outputOf,
  podmanWithShell,
  runtimeOn,
  script,
  skip,
  started,
  until,
} from './testing/containers.fixture.ts';
import type { PrivatePodman } from './testing/podman.fixture.ts';

const HOUR_MS = 3_600_000;
const READY = 'touch /opt/ml/model/ready';

describe('stopping an algorithm in a container', { skip }, () => {
  let podman: PrivatePodman;
  let runtime: DockerRuntime;

  before(async () => {
    podman = await podmanWithShell();
    runtime = await runtimeOn(podman);
  });
  after(() => podman.remove());

  const inModel = (algorithm: Algorithm, name: string) => join(algorithm.mlRoot, 'model', name);
  const isReady = (algorithm: Algorithm) => until(() => existsSync(inModel(algorithm, 'ready')));

  it('sends SIGTERM to process 1, whose exit code is kept', async (t) => {
    const text = `trap "echo asked; exit 9" TERM; ${READY}; while :; do sleep 0.01; done`;
    const algorithm = instance(t, script(text));
    const running = await started(t, algorithm, runtime);
    await isReady(algorithm);
    await running.stop(HOUR_MS);
    assert.deepEqual(await running.ended, exited(9));
    assert.equal(outputOf(algorithm), 'asked\n');
  });

  it('sends it to everyone where process 1 does not catch it', async (t) => {
    const child = `trap "echo child asked; exit 5" TERM; ${READY}; while :; do sleep 0.01; done`;
    const algorithm = instance(t, { entrypoint: ['/bin/sh', '-c', `/bin/bash -c '${child}'; exit $?`] });
    const running = await started(t, algorithm, runtime);
    await isReady(algorithm);
    await running.stop(HOUR_MS);
    assert.deepEqual(await running.ended, exited(5));
    assert.match(outputOf(algorithm), /child asked/);
  });

  it('sends it to everyone when process 1 blocked it for a moment only', async (t) => {
    const child = `trap "echo child asked; exit 5" TERM; touch /opt/ml/model/trapped; while :; do sleep 0.01; done`;
    const text = `
import os, signal, subprocess, sys, time
child = subprocess.Popen(['/bin/bash', '-c', sys.argv[1]])
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
while not os.path.exists('/opt/ml/model/trapped'): time.sleep(0.01)
open('/opt/ml/model/ready', 'w').close()
while not os.path.exists('/opt/ml/model/go'): time.sleep(0.01)
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
sys.exit(child.wait())`;
    const algorithm = instance(t, { entrypoint: ['/usr/bin/python3', '-c', text, child] });
    const running = await started(t, algorithm, runtime);
    await isReady(algorithm);
    await running.stop(HOUR_MS);
    writeFileSync(inModel(algorithm, 'go'), '');
    assert.deepEqual(await running.ended, exited(5));
    assert.match(outputOf(algorithm), /^child asked$/m);
  });

  it('leaves those alone whose process 1 catches it', async (t) => {
    const child = `trap "echo child asked" TERM; ${READY}; while :; do sleep 0.01; done`;
    const algorithm = instance(
      t,
      script(`trap "exit 3" TERM; /bin/bash -c '${child}' & while :; do wait; done`),
    );
    const running = await started(t, algorithm, runtime);
    await isReady(algorithm);
    await running.stop(HOUR_MS);
    assert.deepEqual(await running.ended, exited(3));
    assert.equal(outputOf(algorithm), '');
  });

  it('sends it again to a process 1 that catches it only later', async (t) => {
    const clock = new TestClock();
    const text = `${READY}; until [ -e /opt/ml/model/go ]; do :; done; trap "exit 4" TERM; touch /opt/ml/model/deaf; while :; do :; done`;
    const algorithm = instance(t, script(text));
    const running = await started(t, algorithm, await runtimeOn(podman, { clock }));
    await isReady(algorithm);
    await running.stop(HOUR_MS);
    writeFileSync(inModel(algorithm, 'go'), '');
    await until(() => existsSync(inModel(algorithm, 'deaf')));
    await clock.advance(1000);
    assert.deepEqual(await running.ended, exited(4));
  });

  it('kills what does not end in time', async (t) => {
    const clock = new TestClock();
    const text =
      'trap "touch /opt/ml/model/asked" TERM; while :; do touch /opt/ml/model/beat; sleep 0.01; done';
    const algorithm = instance(t, script(text));
    const beat = inModel(algorithm, 'beat');
    const running = await started(t, algorithm, await runtimeOn(podman, { clock }));
    await until(() => existsSync(beat));
    await running.stop(120_000);
    await until(() => existsSync(inModel(algorithm, 'asked')));
    await clock.advance(119_999);
    for (let i = 0; i < 3; i++) {
      rmSync(beat);
      await until(() => existsSync(beat));
    }
    await clock.advance(1);
    assert.deepEqual(await running.ended, exited(137));
  });

  it('is possible right after the start, and harmless again and after the end', async (t) => {
    const running = await started(t, instance(t, script('sleep 1000')), runtime);
    await running.stop(HOUR_MS);
    await running.stop(0);
    assert.deepEqual(await running.ended, exited(137));
    await running.stop(HOUR_MS);
    await running.stop(0);
  });

  it('goes on by the next server', async (t) => {
    const algorithm = instance(t, script(`trap "echo asked" TERM; ${READY}; while :; do sleep 0.01; done`));
    const first = await started(t, algorithm, runtime);
    await isReady(algorithm);
    await first.stop(HOUR_MS);
    first.abandon();
    const second = await started(t, algorithm, await runtimeOn(podman));
    await second.stop(0);
    assert.deepEqual(await second.ended, exited(137));
    assert.equal(outputOf(algorithm), 'asked\n');
  });
});
