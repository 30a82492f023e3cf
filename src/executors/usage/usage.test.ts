import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { cgroupDiskUsage, cgroupUsage } from './cgroup-usage.ts';
import { kernelUnits } from './kernel-units.ts';
import { sumOf } from './network-usage.ts';
import { countingCgroups, membershipOf } from './process-cgroups.ts';
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

test('a cgroup tells what went from and to all disks', (t) => {
  const v2 = cgroup(t, {
    'io.stat':
      '8:0 rbytes=100 wbytes=20 rios=1 wios=1 dbytes=7 dios=1\n8:16 rbytes=11 wbytes=3 rios=1 wios=1 dbytes=0 dios=0\n',
  });
  assert.deepEqual(cgroupDiskUsage([v2]), { readBytes: 111, writtenBytes: 23 });
  const v1 = cgroup(t, {
    'blkio.throttle.io_service_bytes_recursive':
      '8:0 Read 100\n8:0 Write 20\n8:0 Sync 90\n8:0 Total 120\n8:16 Read 5\n8:16 Write 6\nTotal 131\n',
    'blkio.throttle.io_service_bytes': '8:0 Read 1\n8:0 Write 1\nTotal 2\n',
  });
  assert.deepEqual(cgroupDiskUsage([join(v1, 'gone'), v1]), { readBytes: 105, writtenBytes: 26 });
  assert.deepEqual(cgroupDiskUsage([cgroup(t, { 'io.stat': '' })]), { readBytes: 0, writtenBytes: 0 });
  assert.deepEqual(cgroupDiskUsage([cgroup(t, {})]), {});
});

test('the cgroups of a process are found, and count what it uses', () => {
  assert.equal(membershipOf(2 ** 30), undefined);
  const folders = countingCgroups(membershipOf(process.pid) ?? '');
  assert.ok((cgroupUsage(folders).cpuSeconds ?? 0) > 0, folders.join(' '));
  assert.deepEqual(countingCgroups(''), []);
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

test('the snapshot of a cgroup has its processes only', (t) => {
  const ours = cgroup(t, { 'cgroup.procs': `${process.pid}\n` });
  const own = ProcessSnapshot.take(ours).usageOfTree(process.pid);
  assert.ok((own?.memoryBytes ?? 0) > process.memoryUsage().heapUsed);
  assert.equal(ProcessSnapshot.take(ours).usageOfTree(process.ppid), undefined);
  const empty = cgroup(t, { 'cgroup.procs': '' });
  assert.equal(ProcessSnapshot.take(empty).usageOfTree(process.pid), undefined);
  const gone = join(ours, 'gone');
  assert.ok(ProcessSnapshot.take(gone).usageOfTree(process.pid), 'without a cgroup, all are looked at');
});
