import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { DockerRuntime } from './docker-runtime.ts';
import {
  exited,
  finished,
  IMAGE,
  instance,
  podmanWithShell,
  runtimeOn,
  script,
  skip,
  started,
  until,
} from './testing/containers.fixture.ts';
import { makeHostImage } from './testing/host-image.fixture.ts';
import type { PrivatePodman } from './testing/podman.fixture.ts';

const WITH_ENTRYPOINT = 'localhost/entrypoint:1';
const OF_A_USER = 'localhost/user:1';

describe('an algorithm in a container', { skip }, () => {
  let podman: PrivatePodman;
  let runtime: DockerRuntime;

  before(async () => {
    podman = await podmanWithShell();
    await makeHostImage(podman, WITH_ENTRYPOINT, {
      changes: [
        'ENTRYPOINT ["/bin/bash","-c","echo image: $0 $@"]',
        'ENV FROM_IMAGE=yes',
        'WORKDIR /srv/work',
      ],
    });
    await makeHostImage(podman, OF_A_USER, { changes: ['USER 1234:1234'] });
    runtime = await runtimeOn(podman);
  });
  after(() => podman.remove());

  describe('is started as the entry point and the arguments say', () => {
    it('runs `train` of the image when neither is given', async (t) => {
      assert.deepEqual(await finished(t, instance(t, { image: WITH_ENTRYPOINT }), runtime), {
        exit: exited(0),
        output: 'image: train\n',
      });
    });

    it('gives arguments to the image’s entry point', async (t) => {
      const algorithm = instance(t, { image: WITH_ENTRYPOINT, arguments: ['a b', '$c'] });
      assert.equal((await finished(t, algorithm, runtime)).output, 'image: a b $c\n');
    });

    it('runs an entry point of the job’s in place of the image’s', async (t) => {
      const algorithm = instance(t, {
        image: WITH_ENTRYPOINT,
        entrypoint: ['/bin/bash', '-c', 'echo mine $#'],
      });
      assert.equal((await finished(t, algorithm, runtime)).output, 'mine 0\n');
    });

    it('gives arguments to it', async (t) => {
      const entrypoint = ['/bin/bash', '-c', 'echo mine $0 $#'];
      const algorithm = instance(t, { image: WITH_ENTRYPOINT, entrypoint, arguments: ['x', 'y z'] });
      assert.equal((await finished(t, algorithm, runtime)).output, 'mine x 1\n');
    });
  });

  it('ends with its own exit code, and its output is the file’s, in order', async (t) => {
    const lines = 20_000;
    const algorithm = instance(
      t,
      script(`for ((i=1; i<=${lines}; i++)); do echo line $i; done; echo bad >&2; exit 7`),
    );
    const { exit, output } = await finished(t, algorithm, runtime);
    assert.deepEqual(exit, exited(7));
    const wanted = Array.from({ length: lines }, (_, i) => `line ${i + 1}\n`).join('');
    assert.equal(output, `${wanted}bad\n`);
  });

  it('appends to what its log already holds', async (t) => {
    const algorithm = instance(t, script('echo mine'));
    writeFileSync(algorithm.output, 'before\n', { mode: 0o600 });
    assert.equal((await finished(t, algorithm, runtime)).output, 'before\nmine\n');
  });

  it('ends with 127 where there is no such command, and with 126 where it can’t be run, saying so', async (t) => {
    const missing = await finished(t, instance(t), runtime);
    assert.deepEqual(missing, { exit: exited(127), output: 'trainyard: train: not found\n' });
    const folder = await finished(t, instance(t, { entrypoint: ['/etc'] }), runtime);
    assert.deepEqual(folder, { exit: exited(126), output: 'trainyard: /etc: permission denied\n' });
  });

  it('has the image’s environment and working directory, and the job’s over them', async (t) => {
    const text = 'echo $FROM_IMAGE $MINE "$PWD" $HOSTNAME; cat /proc/sys/kernel/hostname; cat /etc/hosts';
    const algorithm = instance(t, {
      ...script(text),
      image: WITH_ENTRYPOINT,
      environment: { MINE: 'a=b c', HOSTNAME: 'ip-127-0-0-1' },
      hosts: [{ name: 'algo-1', address: '127.0.0.1' }],
    });
    const { output } = await finished(t, algorithm, runtime);
    const [first, name, ...hosts] = output.split('\n');
    assert.equal(first, 'yes a=b c /srv/work ip-127-0-0-1');
    assert.equal(name, 'algo-1');
    assert.notEqual(hostname(), 'algo-1');
    assert.ok(hosts.some((line) => /^127\.0\.0\.1\s.*\balgo-1\b/.test(line)));
  });

  it('writes to /opt/ml, and what lies there belongs to the server', async (t) => {
    const text =
      'echo w > /opt/ml/model/weights; echo f > /opt/ml/output/failure; mkdir -p /opt/ml/model/a/b';
    const algorithm = instance(t, script(text));
    assert.deepEqual((await finished(t, algorithm, runtime)).exit, exited(0));
    assert.equal(readFileSync(join(algorithm.mlRoot, 'model/weights'), 'utf8'), 'w\n');
    assert.equal(readFileSync(join(algorithm.mlRoot, 'output/failure'), 'utf8'), 'f\n');
    assert.equal(statSync(join(algorithm.mlRoot, 'model/a/b')).uid, process.getuid?.());
  });

  it('keeps what the image brings in /opt/ml', async (t) => {
    await podman.command(
      ...['run', '--name', 'code', '--network', 'none', IMAGE, 'bash', '-c'],
      'mkdir -p /opt/ml/code; echo here > /opt/ml/code/train.py',
    );
    await podman.command('commit', '--quiet', 'code', 'localhost/code:1');
    await podman.command('rm', 'code');
    const algorithm = instance(t, {
      ...script('cat /opt/ml/code/train.py; ls /opt/ml'),
      image: 'localhost/code:1',
    });
    const { output } = await finished(t, algorithm, runtime);
    assert.equal(output, 'here\ncode\ninput\nmodel\noutput\n');
  });

  it('runs as the image’s user, who can write where it may', async (t) => {
    const text =
      'id -u; echo w > /opt/ml/model/weights && echo i > /opt/ml/input/env && echo d > /opt/ml/output/data/d && echo ok';
    const algorithm = instance(t, { ...script(text), image: OF_A_USER });
    assert.deepEqual(await finished(t, algorithm, runtime), { exit: exited(0), output: '1234\nok\n' });
  });

  it('sees its mounts, and can’t write to those that are for reading', async (t) => {
    const source = join(instance(t).home, 'shared');
    mkdirSync(source);
    writeFileSync(join(source, 'given'), 'given\n');
    const algorithm = instance(t, {
      ...script(
        'cat /mnt/in/given /opt/ml/input/data/x/given; echo 1 > /mnt/in/new; echo 2 > /state/dir/new; true',
      ),
      mounts: [
        { source, target: '/mnt/in', readOnly: true },
        { source, target: '/opt/ml/input/data/x', readOnly: true },
        { source, target: '/state/dir', readOnly: false },
      ],
    });
    const { output } = await finished(t, algorithm, runtime);
    assert.match(output, /^given\ngiven\n.*Read-only file system\n$/);
    assert.equal(readFileSync(join(source, 'new'), 'utf8'), '2\n');
  });

  it('has the machine’s network, and none under isolation', async (t) => {
    const interfaces = 'echo /sys/class/net/*';
    const own = await finished(t, instance(t, script(interfaces)), runtime);
    assert.equal(
      own.output,
      await podman
        .command('run', '--rm', '--network', 'host', IMAGE, 'bash', '-c', interfaces)
        .then((text) => `${text}\n`),
    );
    const isolated = await finished(
      t,
      instance(t, { ...script(interfaces), networkIsolation: true }),
      runtime,
    );
    assert.equal(isolated.output, '/sys/class/net/lo\n');
  });

  it('has so much shared memory and such limits as are configured', async (t) => {
    const config = {
      sharedMemoryMB: 96,
      ulimits: { nofile: { soft: 1000, hard: 2000 }, nproc: { soft: 3000, hard: 3000 } },
    };
    const configured = await runtimeOn(podman, { config });
    const text = 'df --output=size /dev/shm; ulimit -Sn; ulimit -Hn';
    const { output } = await finished(t, instance(t, script(text)), configured);
    assert.match(output, /^\s*1K-blocks\n\s*98304\n1000\n2000\n$/);
  });

  it('has half of its memory for sharing', async (t) => {
    const algorithm = instance(t, { ...script('df --output=size /dev/shm'), memoryBytes: 2 ** 28 });
    assert.match((await finished(t, algorithm, runtime)).output, /\n\s*131072\n$/);
  });

  it('has so many processors', async (t) => {
    const text =
      'cat /sys/fs/cgroup/cpu.max || cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu/cpu.cfs_period_us';
    const { output } = await finished(
      t,
      instance(t, { ...script(`{ ${text}; } 2> /dev/null`), cpus: 1 }),
      runtime,
    );
    assert.match(output, /^100000\s100000\n$/);
  });

  it('is told to have run out of memory when it has', async (t) => {
    const eat = 'text=x; while :; do text=$text$text; done';
    const algorithm = instance(t, { ...script(eat), memoryBytes: 2 ** 26 });
    const { exit } = await finished(t, algorithm, runtime);
    assert.deepEqual(exit, { kind: 'exited', code: 137, outOfMemory: true });
    assert.equal(existsSync('oom'), false, "a monitor's note where the tests run");
  });

  it('is not told to when it was killed for something else', async (t) => {
    const algorithm = instance(t, {
      ...script('touch /opt/ml/model/ready; while :; do :; done'),
      memoryBytes: 2 ** 26,
    });
    const running = await started(t, algorithm, runtime);
    await until(() => existsSync(join(algorithm.mlRoot, 'model/ready')));
    await podman.command('kill', `trainyard-test-${algorithm.id}`);
    assert.deepEqual(await running.ended, exited(137));
  });

  it('leaves nothing behind', async (t) => {
    const algorithm = instance(t, { ...script('echo done'), memoryBytes: 2 ** 26 });
    const running = await runtime.start(algorithm);
    await running.ended;
    const [name] = (
      await podman.command(
        'ps',
        '--all',
        '--format',
        '{{.Names}}',
        '--filter',
        `label=trainyard.home=${algorithm.home}`,
      )
    ).split('\n');
    assert.equal(name, `trainyard-test-${algorithm.id}`);
    await running.release();
    assert.equal(await podman.command('ps', '--all', '--quiet', '--filter', `name=${name}`), '');
    assert.equal(existsSync(`/sys/fs/cgroup/memory/${name}`), false);
    await running.release();
  });
});
