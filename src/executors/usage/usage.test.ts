import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { cgroupUsage } from './cgroup-usage.ts';
import { kernelUnits } from './kernel-units.ts';
import { sumOf } from './network-usage.ts';
import { ProcessSnapshot } from './process-snapshot.ts';

/** A folder with such files in it, as the kernel would show a cgroup. */
function cgroup(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-cgroup-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test('a cgroup of version 2 tells time and memory', (t) => {
  const path = cgroup(t, {
    'cpu.stat': 'usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\n',
    'memory.current': '1000000\n',
    'memory.stat': 'anon 500000\ninactive_anon 7\ninactive_file 300000\nactive_file 200000\n',
  });
  assert.deepEqual(cgroupUsage([path]), { cpuSeconds: 2.5, memoryBytes: 700_000 });
});

test('cgroups of version 1 tell what their controllers count', (t) => {
  const memory = cgroup(t, {
    'memory.usage_in_bytes': '1000000\n',
    'memory.stat': 'inactive_file 1\ntotal_inactive_file 400000\n',
  });
  const limits = { 'cpu.stat': 'nr_periods 0\nnr_throttled 0\nthrottled_time 0\n' };
  const both = cgroup(t, { ...limits, 'cpuacct.usage': '3000000000\n' });
  assert.deepEqual(cgroupUsage([memory, both]), { cpuSeconds: 3, memoryBytes: 600_000 });
  assert.deepEqual(cgroupUsage([memory, cgroup(t, limits)]), { memoryBytes: 600_000 });
  assert.deepEqual(cgroupUsage([join(memory, 'gone')]), {});
  assert.deepEqual(cgroupUsage([]), {});
});

test('the network of a namespace is that of all its interfaces but the loopback', () => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 5000 1 0 0 0 0 0 0 6000 1 0 0 0 0 0 0
  eth0: 100 1 0 0 0 0 0 0 20 1 0 0 0 0 0 0
 eth1.5:7 1 0 0 0 0 0 0 3 1 0 0 0 0 0 0
`;
  assert.deepEqual(sumOf(text), { receivedBytes: 107, sentBytes: 23 });
});

test('the use of a process is in the snapshot of all', () => {
  const own = ProcessSnapshot.take().usageOfTree(process.pid);
  assert.ok((own?.cpuSeconds ?? 0) > 0);
  assert.ok((own?.memoryBytes ?? 0) > process.memoryUsage().heapUsed, 'a page has the right size');
  assert.ok(kernelUnits().pageBytes % 4096 === 0);
  assert.equal(ProcessSnapshot.take().usageOfTree(2 ** 30), undefined);
});
