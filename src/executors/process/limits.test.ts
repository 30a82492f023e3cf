import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { exited, finished, instance, machine, sandboxes, script, skip } from './sandbox-fixture.ts';

const limits = { skip: skip || (machine.cgroups === 'none' && machine.problems.join(' ')) };
const MIB = 2 ** 20;

describe('the limits of an instance', limits, () => {
  const memoryLimit =
    machine.cgroups === 'v2' ? '/sys/fs/cgroup/memory.max' : '/sys/fs/cgroup/memory/memory.limit_in_bytes';
  const cpuLimit =
    machine.cgroups === 'v2' ? '/sys/fs/cgroup/cpu.max' : '/sys/fs/cgroup/cpu/cpu.cfs_quota_us';

  it('are set before the program starts, and can be seen by it', async (t) => {
    const wanted = {
      ...script(`cat ${memoryLimit} ${cpuLimit}`),
      memoryBytes: 64 * MIB,
      cpus: machine.cores / 2,
    };
    const { output } = await finished(t, instance(t, wanted));
    assert.match(output, new RegExp(`^${64 * MIB}\\n${machine.cores * 50_000}\\b`));
  });

  it('are none where they are more than the machine has', async (t) => {
    const wanted = { ...script(`cat ${cpuLimit}`), memoryBytes: 2 ** 50, cpus: machine.cores };
    const { exit, output } = await finished(t, instance(t, wanted));
    assert.deepEqual(exit, exited(0));
    assert.match(output, /^(-1|max)/);
  });

  const hog = 'exec perl -e \'my $x = "x" x (1 << 28); print "had it all\\n"\'';

  it('end a program that needs more memory, and the end says so', async (t) => {
    const { exit, output } = await finished(t, instance(t, { ...script(hog), memoryBytes: 64 * MIB }));
    assert.deepEqual(exit, { kind: 'exited', code: 137, outOfMemory: true });
    assert.equal(output, '');
  });

  it('name it, too, when a child of the program was ended', async (t) => {
    const text = `(${hog}); echo child $?; exit 1`;
    const { exit, output } = await finished(t, instance(t, { ...script(text), memoryBytes: 64 * MIB }));
    assert.deepEqual(exit, { kind: 'exited', code: 1, outOfMemory: true });
    assert.match(output, /^child 137$/m);
  });

  it('are gone once the instance is released', async (t) => {
    const algorithm = instance(t, { ...script('true'), memoryBytes: 64 * MIB });
    const running = await sandboxes.start(algorithm);
    await running.ended;
    const record = JSON.parse(readFileSync(`${algorithm.home}/run/launch.json`, 'utf8')) as {
      cgroups: string[];
    };
    assert.ok(record.cgroups.length > 0);
    assert.ok(record.cgroups.every((cgroup) => existsSync(cgroup)));
    await running.release();
    await running.release();
    assert.ok(!record.cgroups.some((cgroup) => existsSync(cgroup)));
  });

  it('leave nothing behind when the start fails', async (t) => {
    const algorithm = instance(t, { ...script('true'), mlRoot: '/nonexistent/ml' });
    await assert.rejects(sandboxes.start(algorithm));
    const record = JSON.parse(readFileSync(`${algorithm.home}/run/launch.json`, 'utf8')) as {
      cgroups: string[];
    };
    assert.ok(!record.cgroups.some((cgroup) => existsSync(cgroup)));
  });
});
