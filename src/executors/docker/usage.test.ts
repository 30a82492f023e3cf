import assert from 'node:assert/strict';
import { after, before, describe, it, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Usage } from '../runtime.ts';
import { usageCases, used } from '../testing/usage-cases.fixture.ts';
import { ContainerUsage, usageOf } from './container-usage.ts';
import type { DockerRuntime } from './docker-runtime.ts';
import { type Engine, openEngine } from './engine.ts';
import { instance, podmanWithShell, runtimeOn, script, skip, started } from './testing/containers.fixture.ts';
import type { PrivatePodman } from './testing/podman.fixture.ts';

describe('the use of a running algorithm in a container', { skip }, () => {
  let podman: PrivatePodman;
  let runtime: DockerRuntime;
  let engine: Engine;

  before(async () => {
    podman = await podmanWithShell();
    runtime = await runtimeOn(podman);
    engine = await openEngine(podman.socket);
  });
  after(() => podman.remove());

  usageCases({
    instance: (t, text, wanted) => instance(t, { ...script(text), ...wanted }),
    runtime: () => runtime,
    start: (t, algorithm) => started(t, algorithm, runtime),
  });

  it('has what went from and to the disk in it', async (t) => {
    const write = 'dd if=/dev/zero of=/opt/ml/model/x bs=1M count=20 conv=fsync status=none; sleep 1000';
    const running = await started(t, instance(t, script(write)), runtime);
    const { writtenBytes } = await used(running, ({ writtenBytes = 0 }) => writtenBytes >= 20 * 2 ** 20);
    assert.ok(writtenBytes);
  });

  it('has in it what a session uses', async (t) => {
    const running = await started(t, instance(t, script('sleep 1000')), runtime);
    await running.open?.({ command: ['/bin/bash', '-c', 'while :; do :; done'] });
    await used(running, ({ cpuSeconds = 0 }) => cpuSeconds > 0.3);
  });

  it('is told by the engine where the kernel can’t be asked', async (t) => {
    const algorithm = instance(t, script('while :; do :; done'));
    await started(t, algorithm, runtime);
    const { Id: id } = await engine.api.getContainer(`trainyard-test-${algorithm.id}`).inspect();
    // The number of a process that is no container's.
    const usage = new ContainerUsage(engine, { id, pid: process.pid }, false);
    let told: Usage | undefined;
    while ((told?.cpuSeconds ?? 0) < 0.2) {
      told = await usage.read();
      assert.ok(told, 'it runs');
      await wait(10);
    }
    assert.ok((told?.memoryBytes ?? 0) > 0);
    const gone = new ContainerUsage(engine, { id: '0123456789abcdef', pid: process.pid }, false);
    assert.equal(await gone.read(), undefined);
  });
});

test('an engine’s answer is read with and without what only some tell', () => {
  const cpu_stats = { cpu_usage: { total_usage: 2_500_000_000 } };
  assert.deepEqual(usageOf({ cpu_stats, memory_stats: { usage: 1000, stats: { inactive_file: 300 } } }), {
    cpuSeconds: 2.5,
    memoryBytes: 700,
  });
  assert.deepEqual(
    usageOf({
      cpu_stats,
      memory_stats: { usage: 1000, stats: { inactive_file: 1, total_inactive_file: 100 } },
      networks: { eth0: { rx_bytes: 5, tx_bytes: 6 }, eth1: { rx_bytes: 10, tx_bytes: 20 } },
      blkio_stats: {
        io_service_bytes_recursive: [
          { major: 8, minor: 0, op: 'Read', value: 7 },
          { major: 8, minor: 0, op: 'write', value: 8 },
          { major: 8, minor: 16, op: 'read', value: 1 },
          { major: 8, minor: 0, op: 'Total', value: 15 },
        ],
      },
    }),
    {
      ...{ cpuSeconds: 2.5, memoryBytes: 900, readBytes: 8, writtenBytes: 8 },
      ...{ receivedBytes: 15, sentBytes: 26 },
    },
  );
  const ended = { cpu_stats: { cpu_usage: { total_usage: 0 } }, memory_stats: {}, networks: null };
  assert.equal(usageOf(ended), undefined);
});
