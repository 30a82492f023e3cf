import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { ImageFault } from '../../../images/image-fault.ts';
import { type Algorithm, RuntimeFault } from '../../runtime.ts';
import { findProgram } from '../find-program.ts';
import {
  exited,
  finished,
  instance,
  outputOf,
  skip as skipSandboxes,
  started,
  until,
} from '../sandbox-fixture.ts';
import { type ImagePlace, imagePlace } from './image-place.fixture.ts';
import {
  type ImageParts,
  makeLayout,
  run,
  scratch,
  skipImages,
  temporaryFolder,
} from './test-images.fixture.ts';

const skip = skipSandboxes || skipImages;
const NOBODY = 65534;
const ENTRYPOINT = ['--config.entrypoint', '/bin/sh', '--config.entrypoint', '/entry'];

/** What the images of these tests are made of. */
const PARTS: Readonly<Record<string, ImageParts>> = {
  app: {
    files: {
      entry: '#!/bin/sh\necho "entry: $*"\n',
      hello: 'hello\n',
      'etc/passwd': 'root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n',
      'etc/group': 'root:x:0:\nusers:x:1002:app\n',
      'opt/ml/code/train.py': 'code\n',
      'bin/train': '#!/bin/sh\necho "train: $*"\n',
    },
    config: [
      '--config.user',
      'app',
      '--config.workingdir',
      '/work/here',
      '--config.env',
      'A=image',
      ...ENTRYPOINT,
    ],
  },
  plain: { files: { 'bin/train': '#!/bin/sh\necho "train: $*"; id -u; echo $HOME; pwd\n' } },
  numbers: { config: ['--config.user', '1234:5678'] },
  group: {
    files: { 'etc/passwd': 'app:x:1000:1001::/home/app:/bin/sh\n', 'etc/group': 'users:x:1002:\n' },
    config: ['--config.user', 'app:users'],
  },
  stranger: { config: ['--config.user', 'nobody-knows'] },
  // Each link would lead out of the image, if it were followed on the machine.
  leading: {
    files: {
      'etc/hosts': '-> /made/by/a/link',
      'etc/resolv.conf': '-> ../../../../../../made/by/another',
      srv: '-> /',
      root: '-> /etc',
      var: '-> /',
    },
  },
  linked: { files: { opt: '-> /etc' } },
};

const folder = temporaryFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const layouts: Record<string, string> = {};
before(() => {
  if (skip) return;
  for (const [name, parts] of Object.entries(PARTS)) layouts[name] = makeLayout(folder, name, parts);
});

function place(t: TestContext, at = join(scratch(t), 'images')): ImagePlace {
  const images = Object.fromEntries(Object.entries(layouts).map(([name, oci]) => [name, { oci }]));
  const made = imagePlace(at, images, (line) => t.diagnostic(line));
  t.after(() => made.unpacked.close());
  return made;
}

/** Runs an image to its end. */
async function ran(t: TestContext, image: string, wanted: Partial<Algorithm> = {}, at = place(t)) {
  const algorithm = instance(t, { image, ...wanted });
  await at.bring(algorithm);
  return { algorithm, ...(await finished(t, algorithm, at.runtime)) };
}

const shell = (text: string) => ({ entrypoint: ['/bin/sh', '-c', text] });

describe('what is run (training contract §1.1)', { skip }, () => {
  const cases: readonly (readonly [string, Partial<Algorithm>, string])[] = [
    ['the image’s entrypoint with train', {}, 'entry: train\n'],
    ['its entrypoint with the arguments', { arguments: ['a', 'b c'] }, 'entry: a b c\n'],
    ['the given entrypoint alone', { entrypoint: ['/bin/train'] }, 'train: \n'],
    ['both that are given', { entrypoint: ['train'], arguments: ['x'] }, 'train: x\n'],
  ];
  for (const [what, wanted, expected] of cases) {
    it(`is ${what}`, async (t) => {
      const { output, exit } = await ran(t, 'app', wanted);
      assert.deepEqual([output, exit], [expected, exited(0)]);
    });
  }

  it('is train from the PATH, as root and from /, where the image says nothing', async (t) => {
    assert.equal((await ran(t, 'plain')).output, 'train: \n0\n/root\n/\n');
  });
});

describe('an image’s own settings', { skip }, () => {
  it('are its user, its environment and its folder, which is made if it is missing', async (t) => {
    const environment = { B: 'job', HOSTNAME: 'x' };
    const text = 'id -u; id -g; echo $HOME $A $B $PWD; pwd; touch here; stat -c %u here';
    const { output } = await ran(t, 'app', { ...shell(text), environment });
    assert.equal(output, '1000\n1001\n/home/app image job /work/here\n/work/here\n1000\n');
  });

  it('leave root what it is in a container: it may give files to others, and run programs as them', {
    skip: process.getuid?.() !== 0 && 'needs root',
  }, async (t) => {
    const text = `busybox chown 1000:1001 /hello /opt/ml/model && stat -c %u:%g /hello /opt/ml/model
      busybox su -s /bin/sh app -c 'id -u; touch /etc/x 2>/dev/null || echo no'`;
    const passwd = 'root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/:/bin/sh\n';
    const script = `printf '${passwd}' > /etc/passwd; echo > /hello; echo > /opt/ml/model; ${text}`;
    const { output, algorithm } = await ran(t, 'plain', shell(script));
    assert.equal(output, '1000:1001\n1000:1001\n1000\nno\n');
    assert.ok(statSync(join(algorithm.mlRoot, 'model')).uid > 65_536);
  });

  it('may name users and groups by number or name', async (t) => {
    const who = shell('id -u; id -g; echo $HOME');
    assert.equal((await ran(t, 'numbers', who)).output, '1234\n5678\n/\n');
    assert.equal((await ran(t, 'group', who)).output, '1000\n1002\n/home/app\n');
  });

  it('that name a user whom the image lacks are told before it is started', async (t) => {
    const at = place(t);
    await assert.rejects(at.bring(instance(t, { image: 'stranger' })), (error) => {
      assert.ok(error instanceof ImageFault);
      assert.match(error.message, /user "nobody-knows" is not in its \/etc\/passwd/);
      return true;
    });
  });
});

describe('an image’s files', { skip }, () => {
  it('can be written to, by each instance for itself', async (t) => {
    const at = place(t);
    const change =
      'echo mine > /hello; rm /bin/train; mkdir /new && echo x > /new/file; echo y > /etc/made; cat /hello';
    assert.equal((await ran(t, 'app', shell(change), at)).output, 'mine\n');
    const look = 'cat /hello; ls /bin/train; ls /new /etc/made 2>/dev/null; true';
    assert.equal((await ran(t, 'app', shell(look), at)).output, 'hello\n/bin/train\n');
  });

  it('in /opt/ml are seen, and what is written there belongs to who runs the server', async (t) => {
    const text =
      'cat /opt/ml/code/train.py; echo changed > /opt/ml/code/train.py; echo model > /opt/ml/model';
    const { algorithm, output } = await ran(t, 'app', shell(text));
    assert.equal(output, 'code\n');
    assert.equal(readFileSync(join(algorithm.mlRoot, 'code/train.py'), 'utf8'), 'changed\n');
    assert.equal(statSync(join(algorithm.mlRoot, 'model')).uid, process.getuid?.());
  });

  it('may be mounted over anywhere', async (t) => {
    const source = scratch(t);
    writeFileSync(join(source, 'in'), 'in\n');
    const mounts = [{ source, target: '/not/there/yet', readOnly: true }];
    assert.equal((await ran(t, 'app', { ...shell('cat /not/there/yet/in'), mounts })).output, 'in\n');
  });

  it('are all that is seen: no home, no process and no file of the machine', async (t) => {
    const text =
      'ls /; ls /proc | grep -c "^[0-9]*$"; ls /home /root /srv 2>/dev/null; grep -c trainyard- /proc/mounts';
    const { output } = await ran(t, 'plain', shell(text.replaceAll('grep', 'busybox grep')));
    assert.match(output, /^bin\ndev\netc\nopt\nproc\nsys\ntmp\n\d\n/);
  });

  it('that are links lead nowhere out of the image', async (t) => {
    const { output, exit } = await ran(
      t,
      'leading',
      shell('cat /etc/hosts; ls -d /made/by/another; ls /srv/bin/sh'),
    );
    assert.match(output, /127\.0\.0\.1 algo-1\n\/made\/by\/another\n\/srv\/bin\/sh\n$/);
    assert.deepEqual(exit, exited(0));
    assert.equal(existsSync('/made'), false);
    const at = place(t);
    const algorithm = instance(t, { image: 'linked' });
    await at.bring(algorithm);
    await assert.rejects(at.runtime.start(algorithm), (fault) => {
      assert.ok(fault instanceof RuntimeFault);
      assert.deepEqual(
        [fault.blame, fault.message],
        ['client', 'The image has a link in the place of /opt/ml.'],
      );
      return true;
    });
  });
});

describe('where images can’t have a private root', { skip }, () => {
  /** A PATH with all that the runtime needs, but no `unshare`. */
  function withoutUnshare(t: TestContext): void {
    const bin = scratch(t);
    for (const name of ['bwrap', 'find', 'skopeo', 'umoci', 'setpriv', 'du', 'sync', 'mount', 'sh']) {
      symlinkSync(findProgram(name) ?? '', join(bin, name));
    }
    const { PATH } = process.env;
    t.after(() => Object.assign(process.env, { PATH }));
    process.env.PATH = bin;
  }

  it('they are read-only, with scratch space in memory', async (t) => {
    withoutUnshare(t);
    const text = 'touch /hello 2>/dev/null || echo no; touch /tmp/yes && cat /opt/ml/code/train.py; id -u';
    const { output } = await ran(t, 'app', { ...shell(text), mounts: [] });
    assert.equal(output, 'no\ncode\n1000\n');
  });

  it('links still lead nowhere out of them', async (t) => {
    withoutUnshare(t);
    const at = place(t);
    const text = 'cat /etc/hosts; ls /root /var/bin/sh /srv/bin/sh; ls /var/tmp | cat';
    const { output } = await ran(t, 'leading', shell(text), at);
    assert.match(output, /127\.0\.0\.1 algo-1\n\/srv\/bin\/sh\n\/var\/bin\/sh\n\n?\/root:\n/);
    assert.equal(existsSync('/made'), false);
  });
});

describe('an algorithm in an image', { skip }, () => {
  it('gets signals as process 1, and is found again by the next server', async (t) => {
    const text = 'trap "echo asked; exit 7" TERM; echo > /opt/ml/ready; while :; do sleep 0.05; done';
    const algorithm = instance(t, { image: 'app', ...shell(text) });
    const at = join(scratch(t), 'images');
    const first = place(t, at);
    await first.bring(algorithm);
    const running = await first.runtime.start(algorithm);
    await until(() => existsSync(join(algorithm.mlRoot, 'ready')));
    running.abandon();
    const second = await started(t, algorithm, place(t, at).runtime);
    await second.stop(60_000);
    assert.deepEqual(await second.ended, exited(7));
    assert.equal(outputOf(algorithm), 'asked\n');
  });

  it('leaves no mount behind', async (t) => {
    const { algorithm } = await ran(t, 'app');
    assert.equal(readFileSync('/proc/self/mountinfo', 'utf8').includes(algorithm.home), false);
    assert.ok(readdirSync(join(algorithm.home, 'run')).includes('upper'));
  });
});

const PROGRAM = join(import.meta.dirname, 'image-place.fixture.ts');
const asNobody =
  skip ||
  (process.getuid?.() !== 0 && 'needs root, to become another user') ||
  (![PROGRAM, process.execPath].every(nobodyMayRead) && 'other users may not read this program');

function nobodyMayRead(path: string): boolean {
  return spawnSync('test', ['-r', path], { uid: NOBODY, gid: NOBODY, cwd: '/' }).status === 0;
}

describe('a server that is not root’s', { skip: asNobody }, () => {
  it('runs images all the same, whichever user they name', async (t) => {
    const shared = scratch(t);
    chmodSync(shared, 0o777);
    cpSync(layouts.app ?? '', join(shared, 'layout'), { recursive: true });
    run('chmod', '-R', 'a+rX', join(shared, 'layout'));
    const text =
      'id -u; echo x > /hello && cat /hello; cd / && rm -r /work && mkdir /work && echo model > /opt/ml/model';
    const algorithm = instance(t, { image: 'it', ...shell(text) });
    for (const path of [algorithm.home, algorithm.mlRoot]) chownSync(path, NOBODY, NOBODY);
    mkdirSync(join(shared, 'home'));
    chownSync(join(shared, 'home'), NOBODY, NOBODY);
    const words = [PROGRAM, JSON.stringify(algorithm), join(shared, 'home'), join(shared, 'layout')];
    const said = execFileSync(process.execPath, words, {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: join(shared, 'home') },
      cwd: '/',
      uid: NOBODY,
      gid: NOBODY,
    });
    assert.deepEqual(JSON.parse(said), exited(0), outputOf(algorithm));
    assert.equal(outputOf(algorithm), '1000\nx\n');
    assert.equal(statSync(join(algorithm.mlRoot, 'model')).uid, NOBODY);
  });
});
