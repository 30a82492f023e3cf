import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../clock/system-clock.ts';
import type { Algorithm } from '../runtime.ts';
import { examineMachine } from './machine.ts';
import { networksOf, noNamespaces, placed, plansOf } from './network/network-fixture.ts';
import { createProcessRuntime } from './process-runtime.ts';
import { argumentsOf, processes } from './process-table.ts';
import { defaultSettings, exited, finished, instance, script, started } from './sandbox-fixture.ts';
import { firstOfRange } from './user-range.ts';

const range = (await examineMachine(defaultSettings)).abilities.userRange;
const skip = noNamespaces || (!range && 'this machine gives no range of users to sandboxes');
if (skip && process.getuid?.() === 0 && process.env.CI === 'true') throw new Error(skip);

/** An instance of a job of two, with a network of its own. */
async function host(t: TestContext, text: string, wanted: Partial<Algorithm> = {}): Promise<Algorithm> {
  const { networks } = networksOf(t);
  const [first] = plansOf({ EnableNetworkIsolation: true });
  return { ...(await placed(t, networks, first, text)), ...wanted };
}

/** What a script prints there. */
async function says(t: TestContext, text: string): Promise<string> {
  return (await finished(t, await host(t, text))).output.trimEnd();
}

const first = range?.first ?? 0;

describe('root of an instance that has a range of users', { skip }, () => {
  it('has what it takes to be any of them, and no way to more', async (t) => {
    const text =
      'grep -E "^(Cap(Prm|Eff|Bnd)|NoNewPrivs)" /proc/self/status | tr -d "[:space:]"; echo; unshare -U true 2>&1 | grep -c unshare; cat /proc/self/uid_map /proc/self/gid_map | tr -s " "';
    const capabilities = ['CapPrm', 'CapEff', 'CapBnd'].map((name) => `${name}:00000000000401f9`);
    const map = ` 0 0 1\n 1 ${first + 1} 65535`;
    assert.equal(await says(t, text), `${capabilities.join('')}NoNewPrivs:1\n1\n${map}\n${map}`);
  });

  it('owns as the server does; what it gives to another belongs to an id of nobody’s', async (t) => {
    const algorithm = await host(
      t,
      'cd /opt/ml; touch own given; chown 1000:5 given; stat -c %u:%g own given',
    );
    assert.equal((await finished(t, algorithm)).output, '0:0\n1000:5\n');
    const owner = (name: string) => {
      const { uid, gid } = statSync(join(algorithm.mlRoot, name));
      return [uid, gid];
    };
    assert.deepEqual(owner('own'), [0, 0]);
    assert.deepEqual(owner('given'), [first + 1000, first + 5]);
  });

  it('can make a program another user’s, which never comes back', async (t) => {
    const text = `
      cd /opt/ml && cp /usr/bin/id as-root && chmod 4755 as-root && mkdir shut && chmod 700 shut
      exec setpriv --reuid 1000 --regid 1000 --clear-groups sh -c '
        id -u; /opt/ml/as-root -u; ls shut 2>&1 | grep -c denied
        grep -E "^Cap(Prm|Eff)" /proc/self/status | tr -d "[:space:]"; setpriv --reuid 0 true 2>&1 | grep -c setpriv; true'`;
    const none = 'CapPrm:0000000000000000CapEff:0000000000000000';
    assert.equal(await says(t, text), `1000\n1000\n1\n${none}1`);
  });

  it('can’t take an id that is not of the range', async (t) => {
    assert.equal(await says(t, 'cd /opt/ml; touch x; chown 65536 x 2>&1 | grep -c Invalid'), '1');
  });

  it('can’t give a file capabilities, which the machine would believe, nor make a device', async (t) => {
    const capability = '0100000200040000000000000000000000000000';
    const text = `
      cd /opt/ml; cp /bin/true capable
      python3 -c 'import os; os.setxattr("capable", "security.capability", bytes.fromhex("${capability}"))' 2>&1 | tail -1
      mknod disk b 8 0 2>&1; mknod null c 1 3 2>&1; true`;
    const output = await says(t, text);
    assert.match(output, /^PermissionError/);
    assert.equal(output.match(/not permitted/g)?.length, 3);
  });

  it('changes nothing of what is shown read-only, covered or mounted', async (t) => {
    const text = `
      for p in / /etc /usr /var /opt /sys /proc/sys/kernel; do touch $p/x 2>/dev/null && echo changed $p; done
      chown 1000 /usr/bin/env 2>/dev/null && echo owns /usr/bin/env
      chmod 777 /etc/hosts 2>/dev/null && echo opens /etc/hosts
      for p in / /etc/hosts /proc/sys /sys; do mount -o remount,bind,rw $p 2>/dev/null && echo remounted $p; done
      mount -t tmpfs none /mnt 2>/dev/null && echo mounted
      for p in /etc/shadow /root /proc/sys; do umount $p 2>/dev/null && echo uncovered $p; done
      grep -v '^root:\\*:::::::$' /etc/shadow; cat /etc/gshadow /etc/ssh/ssh_host_*_key 2>/dev/null; hostname other 2>/dev/null && echo renamed; true`;
    assert.equal(await says(t, text), '');
  });

  it('can’t change the kernel’s settings', async (t) => {
    const before = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
    // Writes what is there, so that a hole would do no harm.
    const text =
      `echo '${before}' > /proc/sys/kernel/core_pattern && echo hole; ` +
      'find /proc -path "/proc/[0-9]*" -prune -o -path /proc/pressure -prune -o -type f -writable -print 2>/dev/null | ' +
      'while read f; do (: >> $f) 2>/dev/null && echo $f; done; ' +
      'find /sys -type f -writable -print 2>/dev/null | head -1; true';
    assert.doesNotMatch(await says(t, text), /hole|^\/(proc|sys)/m);
  });

  it('finds no way out by locking itself in', async (t) => {
    const text = `python3 -c '
import os
os.mkdir("/tmp/inner"); out = os.open("/", os.O_RDONLY); os.chroot("/tmp/inner"); os.fchdir(out)
for _ in range(64): os.chdir("..")
os.chroot("."); print(os.path.exists("/opt/ml/here"), os.path.exists("/proc/1/root/opt/ml/here"), os.path.exists("/home/hidden"))'`;
    const algorithm = await host(t, text);
    writeFileSync(join(algorithm.mlRoot, 'here'), '');
    assert.equal((await finished(t, algorithm)).output, 'True True False\n');
  });

  it('reads nothing of the machine’s other users, nor what even its owner may not', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'trainyard-users-'));
    const secret = join('/var/lib', `trainyard-test-${process.pid}`);
    t.after(() => {
      rmSync(folder, { recursive: true });
      rmSync(secret, { force: true });
    });
    const file = (path: string, uid: number, gid: number, mode: number) => {
      writeFileSync(path, 'secret\n');
      chownSync(path, uid, gid);
      chmodSync(path, mode);
    };
    chmodSync(folder, 0o755);
    file(join(folder, 'group'), 0, 42, 0o040);
    file(join(folder, 'user'), 1000, 0, 0o600);
    file(join(folder, 'both'), 1000, 1000, 0o660);
    file(join(folder, 'nobody'), 0, 0, 0o000);
    file(secret, 0, 0, 0o000);
    const image = { ...{ root: '/', environment: {}, workdir: '/', script: false }, binds: [bound(folder)] };
    const runtime = createProcessRuntime(
      { ...defaultSettings, images: { it: image } },
      { clock: systemClock, hidden: [] },
    );
    const text = `cd ${folder}; cat * ${secret}; for f in *; do : > $f; done; setpriv --reuid 1000 --regid 1000 --clear-groups cat ${folder}/user ${folder}/both`;
    const { output } = await finished(
      t,
      await host(t, `exec 2> /dev/null; ${text}`, { image: 'it' }),
      runtime,
    );
    assert.equal(output, '');
    assert.equal(readFileSync(secret, 'utf8'), 'secret\n');
  });

  it('leaves a session without any of its capabilities', async (t) => {
    const running = await started(t, await host(t, 'sleep 1000; :'));
    assert.ok(running.open);
    const session = await running.open({ command: ['grep', '-E', '^Cap(Eff|Prm|Bnd)', '/proc/self/status'] });
    const masks = (await text(session.output)).trim().split('\n');
    assert.deepEqual(
      masks.map((line) => line.split(/\s+/)[1]),
      Array(3).fill('0'.repeat(16)),
    );
  });

  it('sees no process but its own, and ends none', async (t) => {
    const { pid } = process;
    assert.equal(
      await says(t, `kill -0 ${pid} 2>&1 | grep -c "No such"; ls -d /proc/[0-9]* | head -1`),
      '1\n/proc/1',
    );
  });

  it('leaves nobody behind who made the range, and no file open', async (t) => {
    const open =
      'for f in 0 $(seq 3 999); do [ -L /proc/1/fd/$f ] && echo $f $(readlink /proc/1/fd/$f); done; true';
    assert.doesNotMatch(await says(t, open), /^\d{1,3} (?!\/dev\/null$)/m);
    const holders = processes().filter((pid) => argumentsOf(pid).join(' ').startsWith('sleep 9'));
    assert.deepEqual(holders, []);
  });
});

describe('a range of users', { skip }, () => {
  it('is not given to a job of one instance', async (t) => {
    const text = 'wc -l < /proc/self/uid_map; grep CapBnd /proc/self/status | cut -f2';
    assert.equal((await finished(t, instance(t, script(text)))).output, '1\n0000000000000000\n');
  });

  it('is not given to an image without a shell, which could not let go of what it is made by', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'trainyard-users-'));
    t.after(() => rmSync(folder, { recursive: true }));
    for (const path of ['etc', 'opt/ml']) mkdirSync(join(folder, path), { recursive: true });
    for (const path of ['etc/hosts', 'etc/resolv.conf']) writeFileSync(join(folder, path), '');
    const binds = ['/usr', '/lib', '/lib64'].map(bound);
    const image = { ...{ root: folder, environment: {}, workdir: '/', script: false }, binds };
    const runtime = createProcessRuntime(
      { ...defaultSettings, images: { it: image } },
      { clock: systemClock, hidden: [] },
    );
    const command = { image: 'it', entrypoint: ['/usr/bin/wc', '-l', '/proc/self/uid_map'] };
    const { exit, output } = await finished(t, await host(t, '', command), runtime);
    assert.deepEqual([exit, output], [exited(0), '1 /proc/self/uid_map\n']);
  });
});

describe('the ids of a range', () => {
  const whole = '         0          0 4294967295\n';

  it('are far above those of people, or the last that a container was given', () => {
    assert.equal(firstOfRange([whole, whole]), 0x7000_0000);
    const given = '0 100000 1\n1 200000 200000\n';
    assert.equal(firstOfRange([given, given]), 200_001 - 65_536);
  });

  it('are none of the machine’s own, and both users and groups', () => {
    const few = '0 100000 65536\n';
    assert.equal(firstOfRange([few, few]), undefined);
    assert.equal(firstOfRange([whole, few]), undefined);
    assert.equal(firstOfRange(['', '']), undefined);
  });
});

const bound = (path: string) => ({ path, readOnly: true });
