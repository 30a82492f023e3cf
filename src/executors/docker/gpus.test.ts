import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, test } from 'node:test';
import fc from 'fast-check';
import { type GpuDriver, gpuDriverOf, gpuProblem, gpuRequest } from './gpu-driver.ts';
import {
  finished,
  instance,
  podmanWithShell,
  runtimeOn,
  script,
  skip,
} from './testing/containers.fixture.ts';
import type { PrivatePodman } from './testing/podman.fixture.ts';
import { type Disguise, type RecordingProxy, recordingProxy } from './testing/recording-proxy.fixture.ts';

const CDI = ['/etc/cdi/nvidia.yaml'];
const there = (paths: readonly string[]) => (path: string) => paths.includes(path);

test('an engine gives GPUs by what it knows of', () => {
  const docker = { kind: 'docker', version: '28.3.0', runtimes: ['runc'] } as const;
  const podman = { kind: 'podman', version: '5.4.0', runtimes: ['crun', 'nvidia'] } as const;
  const withFolders = { ...docker, cdiFolders: ['/etc/cdi', '/run/cdi'] };
  const cases = [
    [{ ...docker, runtimes: ['runc', 'nvidia'] }, CDI, 'nvidia'],
    [{ ...docker, runtimes: ['runc', 'nvidia'] }, [], 'nvidia'],
    [withFolders, CDI, 'cdi'],
    [withFolders, ['/run/cdi/nvidia.json'], 'cdi'],
    [withFolders, [], undefined],
    // One that does not say where it looks does not know them.
    [docker, CDI, undefined],
    [podman, CDI, 'cdi'],
    [podman, [], undefined],
    [{ ...podman, version: '6.0.0-rc1' }, CDI, 'cdi'],
    [{ ...podman, version: '5.10.1' }, CDI, 'cdi'],
    // Older ones make the container, without the device.
    [{ ...podman, version: '5.3.2' }, CDI, undefined],
    [{ ...podman, version: '4.9.3' }, CDI, undefined],
  ] as const;
  for (const [facts, paths, driver] of cases) {
    assert.equal(gpuDriverOf(facts, there(paths)), driver, JSON.stringify([facts, paths]));
  }
  assert.match(gpuProblem(docker), /NVIDIA Container Toolkit/);
  assert.match(gpuProblem(podman), /nvidia-ctk cdi generate/);
  assert.match(gpuProblem({ ...podman, version: '4.9.3' }), /Podman 4\.9\.3 .*5\.4/);
});

test('no two instances are given the same device', () => {
  const driver = fc.constantFrom<GpuDriver>('nvidia', 'cdi');
  fc.assert(
    fc.property(driver, fc.uniqueArray(fc.nat(16)), fc.nat(16), (by, gpus, cut) => {
      const shares = [gpus.slice(0, cut), gpus.slice(cut)];
      const devices = shares.flatMap(
        (share) => gpuRequest(by, share).DeviceRequests?.flatMap(({ DeviceIDs = [] }) => DeviceIDs) ?? [],
      );
      assert.equal(new Set(devices).size, gpus.length);
    }),
  );
});

describe('GPUs of a container', { skip }, () => {
  let podman: PrivatePodman;
  const proxies: RecordingProxy[] = [];

  before(async () => {
    podman = await podmanWithShell();
  });
  // Not after each test: what it started is given back by way of them.
  after(async () => {
    for (const proxy of proxies) proxy.close();
    await podman.remove();
  });

  async function proxyOf(disguise: Disguise = {}): Promise<RecordingProxy> {
    const proxy = await recordingProxy(podman.socket, disguise);
    proxies.push(proxy);
    return proxy;
  }

  /** The parts of what the engine was asked to make that are about GPUs. */
  function requested({ asked }: RecordingProxy): readonly unknown[] {
    return asked
      .filter(({ method, path }) => method === 'POST' && /\/containers\/create/.test(path))
      .map(({ body }) => {
        const { HostConfig, Env } = body as {
          HostConfig: { DeviceRequests?: unknown; Devices?: unknown };
          Env: string[];
        };
        const variables = Env.filter((line) => line.startsWith('NVIDIA'));
        return [HostConfig.DeviceRequests, HostConfig.Devices, variables];
      });
  }

  it('are asked for by their indexes of Docker with NVIDIA’s runtime, and nothing but them is shown', async (t) => {
    const proxy = await proxyOf({
      '/version': (said) => ({ ...said, Version: '24.0.7', Components: [{ Name: 'Engine' }] }),
      '/info': (said) => ({ ...said, Runtimes: { runc: {}, nvidia: {} } }),
    });
    const runtime = await runtimeOn(proxy);
    const environment = { NVIDIA_VISIBLE_DEVICES: 'all' };
    for (const gpus of [[0], [2, 3], []])
      await finished(t, instance(t, { ...script('true'), gpus, environment }), runtime);
    const request = (...DeviceIDs: string[]) => [{ Driver: 'nvidia', DeviceIDs, Capabilities: [['gpu']] }];
    assert.deepEqual(requested(proxy), [
      [request('0'), undefined, ['NVIDIA_VISIBLE_DEVICES=0']],
      [request('2', '3'), undefined, ['NVIDIA_VISIBLE_DEVICES=2,3']],
      [undefined, undefined, ['NVIDIA_VISIBLE_DEVICES=void']],
    ]);
  });

  it('are asked for by their names where the engine has a description of them', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'trainyard-cdi-'));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'nvidia.yaml'), '');
    const proxy = await proxyOf({
      '/version': (said) => ({ ...said, Version: '28.3.0', Components: [{ Name: 'Engine' }] }),
      '/info': (said) => ({ ...said, Runtimes: { runc: {} }, CDISpecDirs: [folder] }),
    });
    await finished(t, instance(t, { ...script('true'), gpus: [1, 2] }), await runtimeOn(proxy));
    const DeviceIDs = ['nvidia.com/gpu=1', 'nvidia.com/gpu=2'];
    assert.deepEqual(requested(proxy), [
      [[{ Driver: 'cdi', DeviceIDs, Capabilities: [['gpu']] }], undefined, ['NVIDIA_VISIBLE_DEVICES=void']],
    ]);
  });

  it('are not asked for of an engine that gives none', async (t) => {
    const proxy = await proxyOf();
    await finished(t, instance(t, script('true')), await runtimeOn(proxy));
    assert.deepEqual(requested(proxy), [[undefined, undefined, []]]);
  });
});
