import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../clock/system-clock.ts';
import { type Mount, RuntimeFault } from '../runtime.ts';
import { HOST_IMAGE, processSettings } from './config.ts';
import { createProcessRuntime, type ProcessRuntime } from './process-runtime.ts';
import { defaultSettings, finished, instance, sandboxes, script, skip } from './sandbox-fixture.ts';

function temporary(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'trainyard-mount-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder with one file, to be mounted. */
function data(t: TestContext): string {
  const folder = temporary(t);
  writeFileSync(join(folder, 'file'), 'data\n');
  return folder;
}

/** What a script prints that sees these mounts. */
async function says(
  t: TestContext,
  text: string,
  mounts: readonly Mount[],
  runtime: ProcessRuntime = sandboxes,
) {
  const image = runtime === sandboxes ? HOST_IMAGE : 'own';
  return (await finished(t, instance(t, { ...script(text), mounts, image }), runtime)).output;
}

/** A machine with an image of its own: the programs of this one, and what `fill` makes in the image's folder. */
function ownImage(t: TestContext, fill: (root: string) => void): ProcessRuntime {
  const root = temporary(t);
  for (const name of readdirSync('/')) {
    if (/^(bin|sbin|lib\w*)$/.test(name)) symlinkSync(`usr/${name}`, join(root, name));
  }
  for (const name of ['usr', 'etc', 'proc', 'sys', 'dev', 'tmp']) mkdirSync(join(root, name));
  for (const name of ['hosts', 'resolv.conf']) writeFileSync(join(root, 'etc', name), '');
  fill(root);
  const own = { root, binds: [{ path: realpathSync('/usr') }] };
  return createProcessRuntime(processSettings(2).parse({ images: { own } }), {
    clock: systemClock,
    hidden: [],
  });
}

/** A target that this machine has no such folder for. */
const NEW = `trainyard-no-such-folder-${process.pid}`;

describe('an algorithm sees a mount', { skip }, () => {
  it('in /opt/ml, at the root, and below folders that are its own', async (t) => {
    const source = data(t);
    for (const parent of [
      '/opt/ml/input/data',
      '',
      '/opt/x',
      '/tmp',
      '/run',
      '/root',
      '/mnt',
      '/home/somebody',
    ]) {
      const target = `${parent}/${NEW}`;
      assert.equal(
        await says(t, `cat ${target}/file`, [{ source, target, readOnly: true }]),
        'data\n',
        target,
      );
    }
    assert.ok(!existsSync(`/${NEW}`));
  });

  it('below a folder of the machine that is read-only, beside all that is there', async (t) => {
    const target = `/usr/${NEW}/deep`;
    const text = `cat ${target}/file; ls /usr; touch /usr/x /usr/${NEW}/x 2>/dev/null || echo refused`;
    const output = await says(t, text, [{ source: data(t), target, readOnly: true }]);
    const names = [...readdirSync('/usr'), NEW].sort();
    const [first, ...rest] = output.trimEnd().split('\n');
    assert.equal(first, 'data');
    assert.deepEqual(rest.slice(0, -1).sort(), names);
    assert.equal(rest.at(-1), 'refused');
  });

  it('below a folder of /etc, without seeing what is kept from it there', async (t) => {
    const target = `/etc/${NEW}`;
    const text = `cat ${target}/file; cat /etc/shadow 2>/dev/null; grep -c localhost /etc/hosts; wc -l < /etc/passwd`;
    const users = readFileSync('/etc/passwd', 'utf8').trimEnd().split('\n').length;
    const output = await says(t, text, [{ source: data(t), target, readOnly: true }]);
    const [first, localhost, count, ...more] = output.trimEnd().split('\n');
    assert.deepEqual([first, Number(localhost) > 0, Number(count), more], ['data', true, users, []]);
  });

  it('over a folder that an image has, beside others of it, and where a link leads', async (t) => {
    const runtime = ownImage(t, (root) => {
      mkdirSync(join(root, 'data/here/old'), { recursive: true });
      writeFileSync(join(root, 'data/beside'), 'beside\n');
      symlinkSync('/data/linked', join(root, 'link'));
    });
    const targets = ['/data/here', '/data/new/deep', '/link', '/state'];
    const mounts = targets.map((target) => ({ source: data(t), target, readOnly: true }));
    const text =
      'ls /data/here; cat /data/new/deep/file /link/file /data/linked/file /state/file /data/beside';
    assert.equal(await says(t, text, mounts, runtime), `file\n${'data\n'.repeat(4)}beside\n`);
  });

  it('within an earlier one', async (t) => {
    const outer = data(t);
    const mounts = [
      { source: outer, target: '/state', readOnly: false },
      { source: data(t), target: '/state/inner', readOnly: true },
    ];
    assert.equal(await says(t, 'cat /state/inner/file; ls /state', mounts), 'data\nfile\ninner\n');
  });

  it('that it can write to, or in no way change', async (t) => {
    const [open, closed] = [data(t), data(t)];
    const mounts = [
      { source: open, target: '/opt/ml/open', readOnly: false },
      { source: closed, target: '/opt/ml/closed', readOnly: true },
    ];
    const text =
      'echo new > /opt/ml/open/file; cd /opt/ml/closed; export LC_ALL=C; ' +
      'for c in "touch new" "touch file" "chmod 777 file" "rm file" "mv file x" "ln file y" "mkdir z" "truncate -s 0 file"; ' +
      'do $c 2>&1 | grep -o "Read-only file system"; done';
    assert.equal(await says(t, text, mounts), 'Read-only file system\n'.repeat(8));
    assert.equal(readFileSync(join(open, 'file'), 'utf8'), 'new\n');
    assert.equal(readFileSync(join(closed, 'file'), 'utf8'), 'data\n');
  });
});

describe('a mount is refused', { skip }, () => {
  const refusals: readonly [target: string, why: RegExp][] = [
    ['/', /would hide \/opt\/ml/],
    ['/opt', /would hide \/opt\/ml/],
    ['/opt/ml', /would hide \/opt\/ml/],
    ['/etc', /would hide \/etc\/hosts/],
    ['/proc/self', /\/proc is the kernel's/],
    ['/dev/shm', /\/dev is the kernel's/],
    ['relative', /not an absolute path/],
    ['/a/../b', /not an absolute path/],
    ['/etc/passwd', /\/etc\/passwd is a file/],
    ['/etc/passwd/x', /\/etc\/passwd is a file/],
  ];

  for (const [target, why] of refusals) {
    it(`at ${target}, before a job and by its start`, async (t) => {
      assert.match(sandboxes.mountRefusal(HOST_IMAGE, { target, readOnly: false }) ?? '', why);
      await assert.rejects(
        says(t, 'true', [{ source: data(t), target, readOnly: false }]),
        (fault) => fault instanceof RuntimeFault && fault.blame === 'client' && why.test(fault.message),
      );
    });
  }

  it('in a folder of an image with too many neighbours, and in a read-only mount', async (t) => {
    const runtime = ownImage(t, (root) => {
      mkdirSync(join(root, 'many'));
      for (let i = 0; i < 501; i++) writeFileSync(join(root, 'many', `${i}`), '');
    });
    assert.match(runtime.mountRefusal('own', { target: '/many/new', readOnly: false }) ?? '', /too many/);
    const mounts = [
      { source: data(t), target: '/state', readOnly: true },
      { source: data(t), target: '/state/inner', readOnly: true },
    ];
    await assert.rejects(says(t, 'true', mounts), /\/state is read-only and has no such folder/);
  });

  it('never at a place that a job can use', () => {
    for (const target of ['/state', '/opt/ml/checkpoints', '/opt/ml/a/b/', '/mnt/x', `/usr/${NEW}`, '/tmp'])
      assert.equal(sandboxes.mountRefusal(HOST_IMAGE, { target, readOnly: true }), undefined, target);
  });
});

describe('without a sandbox a mount', () => {
  const plain = (mlLink: string) =>
    createProcessRuntime({ ...defaultSettings, sandbox: 'none' }, { clock: systemClock, hidden: [], mlLink });

  it('in /opt/ml that may be written to is a link', async (t) => {
    const source = data(t);
    const algorithm = instance(t);
    const mlLink = join(algorithm.home, 'opt/ml');
    mkdirSync(join(algorithm.mlRoot, 'input/data/train'), { recursive: true });
    const mounts = [{ source, target: '/opt/ml/input/data/train', readOnly: false }];
    const text = `cat ${mlLink}/input/data/train/file; echo new > ${mlLink}/input/data/train/file`;
    const { output } = await finished(t, { ...algorithm, mounts, ...script(text) }, plain(mlLink));
    assert.equal(output, 'data\n');
    assert.equal(readFileSync(join(source, 'file'), 'utf8'), 'new\n');
  });

  it('is refused when it is read-only or elsewhere', async (t) => {
    const refused = [
      { target: '/opt/ml/input/data/train', readOnly: true, why: /nothing can be shown read-only/ },
      { target: '/state', readOnly: false, why: /outside of \/opt\/ml/ },
    ];
    for (const { target, readOnly, why } of refused) {
      const algorithm = instance(t, { ...script('true'), mounts: [{ source: data(t), target, readOnly }] });
      const runtime = plain(join(dirname(algorithm.mlRoot), 'opt/ml'));
      assert.match(runtime.mountRefusal(HOST_IMAGE, { target, readOnly }) ?? '', why);
      await assert.rejects(runtime.start(algorithm), why);
    }
  });
});
