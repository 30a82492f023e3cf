import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Algorithm, RunningAlgorithm, Runtime, Usage } from '../runtime.ts';

const MIB = 2 ** 20;

export interface UsagePlace {
  /** An algorithm that runs a script of bash, yet to be started. */
  instance(t: TestContext, script: string, wanted?: Partial<Algorithm>): Algorithm;
  /** What `start` starts it with. */
  runtime(): Runtime;
  /** Starts it, or finds it again; it is gone after the test. */
  start(t: TestContext, algorithm: Algorithm): Promise<RunningAlgorithm>;
}

const BURN = 'while :; do :; done';

/** Asks until what is used is as it should be, however long that takes. */
export async function used(
  running: RunningAlgorithm,
  isEnough: (usage: Usage) => boolean = () => true,
): Promise<Usage> {
  for (;;) {
    const usage = await running.usage?.();
    assert.ok(usage, 'it runs');
    if (isEnough(usage)) return usage;
    await wait(10);
  }
}

async function untilSaid(algorithm: Algorithm, text: string): Promise<void> {
  while (!readFileSync(algorithm.output, 'utf8').includes(text)) await wait(5);
}

/** What holds of the use of algorithms whatever runs them. To be called within `describe`. */
export function usageCases({ instance, runtime, start }: UsagePlace): void {
  it('is its own: one that computes uses more than one that waits', async (t) => {
    const busy = await start(t, instance(t, BURN, { id: '1-1-busy' }));
    const idle = await start(t, instance(t, 'sleep 1000', { id: '1-1-idle' }));
    const ofBusy = await used(busy, ({ cpuSeconds = 0 }) => cpuSeconds > 0.5);
    const ofIdle = await used(idle);
    assert.ok((ofIdle.cpuSeconds ?? 1) < (ofBusy.cpuSeconds ?? 0));
    assert.ok((ofIdle.memoryBytes ?? 0) > 0 && (ofIdle.memoryBytes ?? 0) < 100 * MIB);
    assert.equal(ofIdle.receivedBytes, undefined, "the network is the machine's");
  });

  it('has what its children used in it, those that are gone too', async (t) => {
    // So much work, not so much time: a busy machine would give it none of that.
    const text = '(bash -c "for ((i = 0; i < 200000; i++)); do :; done"); echo done; sleep 1000';
    const algorithm = instance(t, text);
    const running = await start(t, algorithm);
    await untilSaid(algorithm, 'done');
    const { cpuSeconds = 0 } = await used(running);
    assert.ok(cpuSeconds > 0);
  });

  it('has the memory that it holds', async (t) => {
    const hold = 'import time; x = b"x" * (64 << 20); print("held", flush=True); time.sleep(1000)';
    const algorithm = instance(t, `exec python3 -c '${hold}'`);
    const running = await start(t, algorithm);
    await untilSaid(algorithm, 'held');
    const { memoryBytes = 0 } = await used(running);
    assert.ok(memoryBytes > 60 * MIB, String(memoryBytes));
  });

  it('is told of one that is found again after a crash', async (t) => {
    const algorithm = instance(t, BURN);
    const first = await runtime().start(algorithm);
    first.abandon();
    await used(await start(t, algorithm), ({ cpuSeconds = 0 }) => cpuSeconds > 0);
  });

  it('is not told of one that has ended', async (t) => {
    const running = await start(t, instance(t, 'true'));
    await running.ended;
    assert.equal(await running.usage?.(), undefined);
  });

  it('has its network in it where it has one of its own', async (t) => {
    const running = await start(t, instance(t, 'sleep 1000', { networkIsolation: true }));
    const { receivedBytes, sentBytes } = await used(running);
    assert.deepEqual([receivedBytes, sentBytes], [0, 0]);
  });
}
