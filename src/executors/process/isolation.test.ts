import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../clock/system-clock.ts';
import type { Algorithm } from '../runtime.ts';
import { createProcessRuntime } from './process-runtime.ts';
import { defaultSettings, finished, instance, machine, script, skip } from './sandbox-fixture.ts';

/** What a script prints in a sandbox, without the last line break. */
async function says(t: TestContext, text: string, wanted: Partial<Algorithm> = {}): Promise<string> {
  return (await finished(t, instance(t, { ...script(text), ...wanted }))).output.trimEnd();
}

/** Lists the open files of process 1 that are not its standard output. */
const OPEN_FILES =
  'for f in 0 $(seq 3 999); do [ -L /proc/1/fd/$f ] && echo $f $(readlink /proc/1/fd/$f); done; true';

const asRoot = process.getuid?.() === 0 ? false : 'needs root';

describe('a sandbox shows', { skip }, () => {
  it('/opt/ml, and files made there belong to who runs the server', async (t) => {
    const algorithm = instance(
      t,
      script('cat /opt/ml/in; echo out > /opt/ml/model; mkdir /opt/ml/dir; umask'),
    );
    writeFileSync(join(algorithm.mlRoot, 'in'), 'in\n');
    assert.equal((await finished(t, algorithm)).output, 'in\n0022\n');
    const model = statSync(join(algorithm.mlRoot, 'model'));
    assert.deepEqual(
      [model.uid, model.gid, model.mode & 0o777],
      [process.getuid?.(), process.getgid?.(), 0o644],
    );
    assert.equal(statSync(join(algorithm.mlRoot, 'dir')).mode & 0o777, 0o755);
  });

  it('nothing of the folder of the instance, of homes and of other people’s places', async (t) => {
    const algorithm = instance(t);
    const places = [
      algorithm.home,
      dirname(algorithm.mlRoot),
      process.env.HOME ?? '/root',
      '/root',
      '/home',
      '/mnt',
      '/srv',
      '/tmp',
      '/run',
      '/var/log',
    ];
    const text = places.map((place) => `ls -A ${place} 2>/dev/null`).join('; ');
    assert.equal((await finished(t, { ...algorithm, ...script(text) })).output, '');
  });

  it('no folder that is to be hidden, wherever it is, but one inside that is bound', async (t) => {
    const library = realpathSync('/usr/share');
    const hidden = join(library, 'doc');
    const bound = join(library, 'doc', 'bash');
    const config = {
      ...defaultSettings,
      hidden: [join(library, 'perl5')],
      images: {
        lib: {
          root: '/',
          environment: {},
          workdir: '/usr',
          script: false,
          binds: [{ path: bound, readOnly: true }],
        },
      },
    };
    const runtime = createProcessRuntime(config, { clock: systemClock, hidden: [hidden] });
    const text = `pwd; ls -A ${hidden} ${join(library, 'perl5')} | cat; test -n "$(ls ${bound})" && echo bound`;
    const { output } = await finished(t, instance(t, { ...script(text), image: 'lib' }), runtime);
    assert.equal(output, `/usr\n${hidden}:\nbash\n\n${join(library, 'perl5')}:\nbound\n`);
  });

  it('the programs of the machine, and nothing that can be changed', async (t) => {
    const text =
      'for p in / /etc /usr /var /opt /sys /proc/sys/kernel /home; do touch $p/x 2>/dev/null && echo $p; done; true';
    assert.equal(await says(t, text), '');
  });

  it('scratch space that is its own', async (t) => {
    const text =
      'for p in /tmp /var/tmp /run /root /dev/shm; do touch $p/x || echo $p; done; stat -c %a /tmp';
    assert.equal(await says(t, text), '1777');
  });

  it('no secret of the machine', { skip: asRoot }, async (t) => {
    assert.equal(await says(t, 'cat /etc/shadow /etc/gshadow /etc/ssl/private/* 2>/dev/null; true'), '');
  });

  it('no way to change the kernel’s settings', { skip: asRoot }, async (t) => {
    const before = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
    // Writes what is there, so that a hole would do no harm.
    const text =
      `echo '${before}' > /proc/sys/kernel/core_pattern && echo hole; ` +
      'find /proc -path "/proc/[0-9]*" -prune -o -path /proc/pressure -prune -o -type f -writable -print 2>/dev/null | ' +
      'while read f; do (: >> $f) 2>/dev/null && echo $f; done; ' +
      'find /sys -type f -writable -print -quit 2>/dev/null; true';
    assert.doesNotMatch(await says(t, text), /hole|^\/(proc|sys)/m);
  });

  it('no process but its own, and the program is process 1', async (t) => {
    assert.equal(await says(t, 'echo $$; ls -d /proc/[0-9]*'), '1\n/proc/1');
  });

  it('no capability, and no way to one', async (t) => {
    const text =
      'grep -E "^(Cap|NoNewPrivs)" /proc/self/status | tr -d "[:space:]"; echo; unshare -U true 2>&1 | tail -1 | grep -c unshare';
    const none = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => `${name}:0000000000000000`);
    assert.equal(await says(t, text), `${none.join('')}NoNewPrivs:1\n1`);
  });

  it('only its environment', async (t) => {
    process.env.TRAINYARD_TEST_SECRET = 'secret';
    t.after(() => delete process.env.TRAINYARD_TEST_SECRET);
    const output = await says(t, 'env -0 | sort -z | tr "\\0" "\\n"', {
      environment: { EMPTY: '', TEXT: 'a "b"\n$c', HOSTNAME: 'ip-10-0-1-2' },
    });
    const lines = output.split('\n').filter((line) => !/^(SHLVL|_|OLDPWD)=/.test(line));
    assert.deepEqual(lines, [
      'EMPTY=',
      'HOME=/root',
      'HOSTNAME=ip-10-0-1-2',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'PWD=/',
      'TEXT=a "b"',
      '$c',
    ]);
  });

  it('no environment of the job’s to the program that makes it', async (t) => {
    // Were it loaded outside, /opt/ml would be another folder, and the file would be found there.
    const output = await says(t, 'echo ran', { environment: { LD_PRELOAD: '/no/such/library.so' } });
    assert.equal(output.split('\n').filter((line) => line.includes('bwrap')).length, 0);
    assert.match(output, /^ran$/m);
  });

  it('no open file but its three', async (t) => {
    const files = await says(t, OPEN_FILES);
    assert.match(files, /^0 \/dev\/null$/m);
    // In the place of files that this test itself was started with there is nothing.
    assert.doesNotMatch(files, /^\d{1,3} (?!\/dev\/null$)/m);
  });

  it('no socket of a daemon', async (t) => {
    const folder = '/var/lib';
    const path = join(folder, `trainyard-test-${process.pid}.sock`);
    const server = createServer();
    try {
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
    } catch {
      return t.skip(`can't make a socket in ${folder}`);
    }
    t.after(() => server.close());
    const connect = `perl -MIO::Socket::UNIX -e 'exit(IO::Socket::UNIX->new(Peer => "${path}") ? 3 : 4)'`;
    assert.equal(await says(t, `${connect}; echo $?`), '4');
  });
});

describe('a sandbox’s names and network', { skip }, () => {
  const hosts = [
    { address: '127.0.0.11', name: 'algo-1' },
    { address: '127.0.0.12', name: 'algo-2' },
  ];

  it('are the job’s', async (t) => {
    const text = 'cat /proc/sys/kernel/hostname; getent hosts algo-2 localhost';
    const output = await says(t, text, { hosts });
    assert.match(output, /^algo-1\n127\.0\.0\.12 +algo-2\n(::1|127\.0\.0\.1) +localhost/);
  });

  it('know the instance itself', async (t) => {
    assert.match(await says(t, 'getent hosts algo-1'), /^127\.0\.0\.1 +algo-1/);
  });

  it('are the machine’s own otherwise', async (t) => {
    const server = createServer((socket) => socket.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { port } = server.address() as { port: number };
    const connect = `exec 3<> /dev/tcp/127.0.0.1/${port} && cat <&3`;
    assert.equal(await says(t, connect), 'hello');
    const isolated = await finished(t, instance(t, { ...script(connect), networkIsolation: true }));
    assert.match(isolated.output, /refused/);
  });

  it('are nobody else’s when isolated', {
    skip: !machine.networkIsolation && 'this machine can’t',
  }, async (t) => {
    const text =
      'tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d " "; exec 3<> /dev/udp/127.0.0.12/9 && echo loopback';
    assert.ok(Object.keys(networkInterfaces()).length > 0);
    assert.equal(await says(t, text, { hosts, networkIsolation: true }), 'lo\nloopback');
  });
});

describe('a folder with an image', { skip }, () => {
  /** The machine's programs under another root, with files of its own. */
  function folder(algorithm: Algorithm, withShell: boolean) {
    const root = join(algorithm.home, 'image');
    for (const path of ['etc', 'opt/ml/code', 'opt/ml/input', 'opt/tool', 'root', 'data'])
      mkdirSync(join(root, path), { recursive: true });
    for (const path of ['etc/hosts', 'etc/resolv.conf']) writeFileSync(join(root, path), '');
    writeFileSync(join(root, 'data/file'), 'of the image\n');
    writeFileSync(join(root, 'root/.rc'), 'rc\n');
    writeFileSync(join(root, 'opt/ml/code/train.py'), 'code\n');
    writeFileSync(join(root, 'opt/ml/input/hidden'), 'by the job\n');
    const binds = ['/usr', '/bin', '/lib', '/lib64'].map((path) => ({ path, readOnly: true }));
    if (withShell) {
      mkdirSync(join(root, 'bin'));
      writeFileSync(join(root, 'bin/sh'), readFileSync('/bin/sh'), { mode: 0o755 });
    }
    const image = {
      root,
      entrypoint: ['/bin/bash', '-c'],
      environment: { OF: 'image' },
      workdir: '/data',
      script: false,
      binds,
    };
    return createProcessRuntime(
      { ...defaultSettings, images: { it: image } },
      { clock: systemClock, hidden: [] },
    );
  }

  it('is seen as the root, with its entrypoint, environment and working directory', async (t) => {
    const algorithm = instance(t, {
      image: 'it',
      arguments: ['cat file /root/.rc; ls /opt; echo $OF; touch /root/x /data/x'],
    });
    mkdirSync(join(algorithm.mlRoot, 'input'));
    const { output } = await finished(t, algorithm, folder(algorithm, true));
    assert.match(output, /^of the image\nrc\nml\ntool\nimage\ntouch: .*\/data\/x.*Read-only file system\n$/);
  });

  it('brings its part of /opt/ml, to be changed, where the job has none', async (t) => {
    const text = 'cd /opt/ml; find . -type f; echo more >> code/train.py';
    const algorithm = instance(t, { image: 'it', arguments: [text] });
    mkdirSync(join(algorithm.mlRoot, 'input'));
    const { output } = await finished(t, algorithm, folder(algorithm, true));
    assert.equal(output, './code/train.py\n');
    assert.equal(readFileSync(join(algorithm.home, 'image/opt/ml/code/train.py'), 'utf8'), 'code\n');
    assert.equal(readFileSync(join(algorithm.mlRoot, 'code/train.py'), 'utf8'), 'code\nmore\n');
  });

  it('may have no shell: the program is run as it is, with nothing else open', async (t) => {
    const algorithm = instance(t, { image: 'it', arguments: [`${OPEN_FILES}; exit 6`] });
    const { exit, output } = await finished(t, algorithm, folder(algorithm, false));
    assert.deepEqual(exit, { kind: 'exited', code: 6, outOfMemory: false });
    assert.doesNotMatch(output, /^\d{1,3} (?!\/dev\/null$)/m);
    const missing = instance(t, { image: 'it', entrypoint: ['/no/such'] });
    const end = await finished(t, missing, folder(missing, false));
    assert.deepEqual(end.exit, { kind: 'exited', code: 127, outOfMemory: false });
  });
});
