import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { RuntimeFault } from '../runtime.ts';
import { exited, finished, instance, sandboxes, script, skip } from './sandbox-fixture.ts';

describe('the end of an algorithm', { skip }, () => {
  for (const code of [0, 7, 255]) {
    it(`has the program's exit code ${code}`, async (t) => {
      const { exit } = await finished(t, instance(t, script(`exit ${code}`)));
      assert.deepEqual(exit, exited(code));
    });
  }

  it('is 128 + n when signal n ended it', async (t) => {
    // A process 1 gets no deadly signal from inside; what it does to itself by a fault, the kernel does not hold back.
    const { exit } = await finished(
      t,
      instance(t, { entrypoint: ['/usr/bin/perl', '-e', 'unpack "p", pack "J", 1'] }),
    );
    assert.deepEqual(exit, exited(139));
  });

  it('is 127 with a line that names it when the command is missing', async (t) => {
    const { exit, output } = await finished(t, instance(t, { arguments: ['no-such-command', 'x'] }));
    assert.deepEqual(exit, exited(127));
    assert.match(output, /no-such-command.*not found/);
  });

  it('is 127 when the image has no program "train" and nothing else is asked for', async (t) => {
    const { exit, output } = await finished(t, instance(t));
    assert.deepEqual(exit, exited(127));
    assert.match(output, /train.*not found/);
  });

  it('is 126 when the command may not be run', async (t) => {
    const { exit, output } = await finished(t, instance(t, { entrypoint: ['/etc/passwd'] }));
    assert.deepEqual(exit, exited(126));
    assert.match(output, /\/etc\/passwd.*[Pp]ermission denied/);
  });

  it('comes when processes that it left behind are gone too', async (t) => {
    const algorithm = instance(
      t,
      script('(while :; do echo tick >> /opt/ml/ticks; sleep 0.01; done) & exit 4'),
    );
    assert.deepEqual((await finished(t, algorithm)).exit, exited(4));
  });

  it('is told with the whole output, of both kinds, in order', async (t) => {
    const { output } = await finished(
      t,
      instance(t, script('for i in $(seq 2000); do echo "out $i"; echo "err $i" >&2; done')),
    );
    const expected = Array.from({ length: 2000 }, (_, i) => `out ${i + 1}\nerr ${i + 1}\n`).join('');
    assert.equal(output, expected);
  });

  it('appends to the output that is there', async (t) => {
    const algorithm = instance(t, script('echo more'));
    writeFileSync(algorithm.output, 'before\n');
    assert.equal((await finished(t, algorithm)).output, 'before\nmore\n');
  });
});

describe('the command', { skip }, () => {
  it('gets each word as it is, without a shell', async (t) => {
    const words = ['a b', '$HOME', '"q"', '', '*', 'line\nbreak', '-n'];
    const algorithm = instance(t, {
      entrypoint: ['/bin/bash', '-c', 'printf "<%s>" "$@"', 'x'],
      arguments: words,
    });
    assert.equal((await finished(t, algorithm)).output, words.map((word) => `<${word}>`).join(''));
  });

  it('is found on the PATH of the job’s environment', async (t) => {
    const algorithm = instance(t, {
      environment: { PATH: '/opt/ml/bin:/usr/bin:/bin' },
      arguments: ['mine'],
    });
    mkdirSync(join(algorithm.mlRoot, 'bin'));
    writeFileSync(join(algorithm.mlRoot, 'bin/mine'), '#!/bin/sh\necho mine $$\n');
    chmodSync(join(algorithm.mlRoot, 'bin/mine'), 0o755);
    assert.equal((await finished(t, algorithm)).output, 'mine 1\n');
  });
});

describe('what can’t be started', { skip }, () => {
  const fault = (blame: string, message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof RuntimeFault);
    assert.equal(error.blame, blame);
    assert.match(error.message, message);
    return true;
  };

  it('is refused when there is no such image', async (t) => {
    const algorithm = instance(t, { image: 'repo/nothing:1' });
    await assert.rejects(sandboxes.start(algorithm), fault('client', /repo\/nothing:1/));
    assert.match(sandboxes.imageRefusal('repo/nothing:1') ?? '', /is not one of this deployment's images/);
  });

  it('is refused when a variable’s name could not reach the program', async (t) => {
    const algorithm = instance(t, { environment: { 'a-b': '1' } });
    await assert.rejects(sandboxes.start(algorithm), fault('client', /"a-b"/));
  });

  it('is refused when the machine lacks a GPU', async (t) => {
    await assert.rejects(sandboxes.start(instance(t, { gpus: [99] })), fault('internal', /nvidia99/));
  });

  it('says why the sandbox could not be made, also when asked again', async (t) => {
    const algorithm = instance(t, { ...script('true'), mlRoot: '/nonexistent/ml' });
    for (let i = 0; i < 2; i++) {
      await assert.rejects(sandboxes.start(algorithm), fault('internal', /\/nonexistent\/ml/));
    }
  });
});
