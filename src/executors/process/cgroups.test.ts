import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { findCgroupTree } from './cgroup-tree.ts';
import { cgroupOptions, makeCgroups, ranOutOfMemory } from './instance-cgroups.ts';

/** Folders and files that look like a mount of cgroups. Writing to them is seen, but has no effect. */
function mount(t: TestContext, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'trainyard-cgroup-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** A line of `/proc/self/mountinfo`. */
function mountLine(type: string, point: string, options: string, root = '/'): string {
  return `31 23 0:28 ${root} ${point} rw,relatime shared:9 - ${type} ${type} ${options}`;
}

const CONTROLLERS = 'cpuset cpu io memory pids\n';

describe('cgroups of version 2', () => {
  it('are made at the top of the mount, with controllers for memory and processors', async (t) => {
    const root = mount(t, {
      'cgroup.controllers': CONTROLLERS,
      'cgroup.subtree_control': 'memory pids\n',
      'trainyard/cgroup.subtree_control': '',
    });
    const tree = await findCgroupTree({
      mounts: mountLine('cgroup2', root, 'rw'),
      membership: '0::/system.slice/x\n',
    });
    assert.deepEqual(tree, { version: 'v2', parent: join(root, 'trainyard') });
    assert.equal(readFileSync(join(root, 'cgroup.subtree_control'), 'utf8'), '+cpu');
    assert.equal(readFileSync(join(root, 'trainyard/cgroup.subtree_control'), 'utf8'), '+memory +cpu');
  });

  it('are made in what is delegated to us, where the top is not ours', async (t) => {
    const root = mount(t, {
      'cgroup.controllers': 'pids\n',
      'user/app/cgroup.controllers': CONTROLLERS,
      'user/app/cgroup.subtree_control': 'cpu memory',
      'user/app/trainyard/cgroup.subtree_control': 'cpu memory',
      'user/app/server/cgroup.controllers': 'pids\n',
    });
    const facts = {
      mounts: mountLine('cgroup2', root, 'rw', '/outer'),
      membership: '0::/outer/user/app/server\n',
    };
    assert.deepEqual(await findCgroupTree(facts), {
      version: 'v2',
      parent: join(root, 'user/app/trainyard'),
    });
  });

  it('are not used where they can’t limit memory', async (t) => {
    const root = mount(t, { 'cgroup.controllers': 'hugetlb\n', 'cgroup.subtree_control': '' });
    const facts = { mounts: mountLine('cgroup2', root, 'rw'), membership: '0::/\n' };
    assert.equal(await findCgroupTree(facts), undefined);
    assert.ok(!existsSync(join(root, 'trainyard')));
  });

  it('are limited, with no way out into swap, and seen by the instance as its own', async (t) => {
    const parent = mount(t, { 'one/memory.swap.max': 'max\n' });
    const tree = { version: 'v2', parent } as const;
    const [one] = await makeCgroups(tree, 'one', { cpus: 1.5, memoryBytes: 1000 });
    assert.equal(one, join(parent, 'one'));
    const values = ['cpu.max', 'memory.max', 'memory.swap.max'].map((name) =>
      readFileSync(join(parent, 'one', name), 'utf8'),
    );
    assert.deepEqual(values, ['150000 100000', '1000', '0']);
    assert.deepEqual(cgroupOptions(tree, [one]), ['--ro-bind', one, '/sys/fs/cgroup']);
  });

  it('tell of the kernel’s killing for want of memory', (t) => {
    const root = mount(t, {
      'none/memory.events': 'low 0\nmax 12\noom 1\noom_kill 0\n',
      'some/memory.events': 'low 0\nmax 12\noom 1\noom_kill 2\noom_group_kill 0\n',
    });
    assert.equal(ranOutOfMemory([join(root, 'none')]), false);
    assert.equal(ranOutOfMemory([join(root, 'some')]), true);
    assert.equal(ranOutOfMemory([join(root, 'gone')]), false);
  });
});

describe('cgroups of version 1', () => {
  it('are made for memory and processors, wherever these are mounted', async (t) => {
    const root = mount(t, { 'memory/x': '', 'cpu,cpuacct/x': '' });
    const mounts = [
      mountLine('cgroup2', join(root, 'unified'), 'rw'),
      mountLine('cgroup', join(root, 'cpu,cpuacct'), 'rw,cpu,cpuacct'),
      mountLine('cgroup', join(root, 'memory'), 'rw,memory'),
    ].join('\n');
    const tree = await findCgroupTree({ mounts, membership: '4:memory:/a\n1:cpu,cpuacct:/\n0::/\n' });
    const expected = {
      version: 'v1',
      memory: join(root, 'memory/trainyard'),
      cpu: join(root, 'cpu,cpuacct/trainyard'),
    };
    assert.deepEqual(tree, expected);
  });

  it('need both controllers', async (t) => {
    const root = mount(t, { 'memory/x': '' });
    const facts = {
      mounts: mountLine('cgroup', join(root, 'memory'), 'rw,memory'),
      membership: '4:memory:/\n',
    };
    assert.equal(await findCgroupTree(facts), undefined);
  });
});
