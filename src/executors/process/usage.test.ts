import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../clock/system-clock.ts';
import type { RunningAlgorithm, Usage } from '../runtime.ts';
import { processSettings } from './config.ts';
import { createProcessRuntime } from './process-runtime.ts';
import { instance, outputOf, sandboxes, script, skip, started, until } from './sandbox-fixture.ts';

const MIB = 2 ** 20;

/** Asks until what is used is as it should be, however long that takes. */
async function used(running: RunningAlgorithm, isEnough: (usage: Usage) => boolean): Promise<Usage> {
  for (;;) {
    const usage = await running.usage?.();
    assert.ok(usage, 'it runs');
    if (isEnough(usage)) return usage;
    await wait(10);
  }
}

describe('the use of a running algorithm', { skip }, () => {
  const burn = script('while :; do :; done');

  it('is its own: one that computes uses more than one that waits', async (t) => {
    const busy = await started(t, instance(t, { ...burn, id: '1-1-busy' }));
    const idle = await started(t, instance(t, { ...script('sleep 1000'), id: '1-1-idle' }));
    const ofBusy = await used(busy, ({ cpuSeconds = 0 }) => cpuSeconds > 0.5);
    const ofIdle = await used(idle, () => true);
    assert.ok((ofIdle.cpuSeconds ?? 1) < (ofBusy.cpuSeconds ?? 0));
    assert.ok((ofIdle.memoryBytes ?? 0) > 0 && (ofIdle.memoryBytes ?? 0) < 100 * MIB);
    assert.equal(ofIdle.receivedBytes, undefined, "the network is the machine's");
  });

  it('has what its children used in it, those that are gone too', async (t) => {
    const text = '(timeout -s KILL 0.3 bash -c "while :; do :; done"); echo done; sleep 1000';
    const algorithm = instance(t, script(text));
    const running = await started(t, algorithm);
    await until(() => outputOf(algorithm).includes('done'));
    const { cpuSeconds = 0 } = await used(running, () => true);
    assert.ok(cpuSeconds > 0);
  });

  it('has the memory that it holds', async (t) => {
    const hold = 'exec perl -e \'$| = 1; my $x = "x" x (64 << 20); print "held\\n"; sleep 1000\'';
    const algorithm = instance(t, script(hold));
    const running = await started(t, algorithm);
    await until(() => outputOf(algorithm).includes('held'));
    const { memoryBytes = 0 } = await used(running, () => true);
    assert.ok(memoryBytes > 60 * MIB, String(memoryBytes));
  });

  it('is told of one that is found again after a crash', async (t) => {
    const algorithm = instance(t, burn);
    const first = await sandboxes.start(algorithm);
    first.abandon();
    const found = await started(t, algorithm);
    await used(found, ({ cpuSeconds = 0 }) => cpuSeconds > 0);
  });

  it('is not told of one that has ended', async (t) => {
    const running = await started(t, instance(t, script('true')));
    await running.ended;
    assert.equal(await running.usage?.(), undefined);
  });

  it('has its network in it where it has one of its own', async (t) => {
    const algorithm = instance(t, { ...script('sleep 1000'), networkIsolation: true });
    const running = await started(t, algorithm);
    const { receivedBytes, sentBytes } = await used(running, () => true);
    assert.deepEqual([receivedBytes, sentBytes], [0, 0]);
  });
});

it('the use of an algorithm without a sandbox is that of its session', async (t) => {
  const plain = instance(t, { ...script('while :; do :; done') });
  const runtime = createProcessRuntime(processSettings(2).parse({ sandbox: 'none' }), {
    clock: systemClock,
    hidden: [],
    mlLink: `${plain.home}/link`,
  });
  const running = await started(t, plain, runtime);
  await used(running, ({ cpuSeconds = 0 }) => cpuSeconds > 0.2);
});
