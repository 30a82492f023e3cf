import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { buffer, text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import type { RunningAlgorithm } from '../runtime.ts';
import { type Session, SessionRefused, type SessionRequest } from '../session.ts';
import { instance, script, skip, started } from './sandbox-fixture.ts';
import { exportLines } from './session-script.ts';

/** An algorithm that waits. It is ended before its folder is removed. */
async function waiting(t: TestContext): Promise<RunningAlgorithm> {
  let running: RunningAlgorithm | undefined;
  t.after(async () => {
    await running?.stop(0);
    await running?.ended;
  });
  const environment = { PATH: '/usr/bin:/bin', GREETING: "it's\nme" };
  running = await started(t, instance(t, { ...script('sleep 1000; :'), environment }));
  return running;
}

async function session(t: TestContext, request: SessionRequest): Promise<Session> {
  const running = await waiting(t);
  assert.ok(running.open);
  return running.open(request);
}

const shell = (command: string): SessionRequest => ({ command: ['/bin/bash', '-c', command] });

const TERMINAL = { rows: 33, columns: 77, kind: 'xterm' };

/** Reads until the text is there; fails when the stream ends before. */
async function until(session: Session, wanted: RegExp): Promise<string> {
  let seen = '';
  for await (const chunk of session.output.iterator({ destroyOnReturn: false })) {
    seen += chunk;
    if (wanted.test(seen)) return seen;
  }
  assert.fail(`it ended before ${wanted} was seen in ${JSON.stringify(seen)}`);
}

describe('a session', { skip }, () => {
  it('is where the algorithm is: names, processes, folder and environment', async (t) => {
    const { output } = await session(
      t,
      shell('hostname; pwd; cat /proc/1/cmdline | tr "\\0" " "; echo "$GREETING"'),
    );
    assert.match(await text(output), /^algo-1\n\/\n\/bin\/bash -c sleep 1000; : it's\nme\n$/);
  });

  it('has what it reads, writes and complains of apart, and its exit code', async (t) => {
    const opened = await session(t, shell('cat; echo oops >&2; exit 7'));
    opened.input.end(Buffer.from([0, 255, 10]));
    const [output, errors, code] = await Promise.all([
      buffer(opened.output),
      text(opened.errors),
      opened.ended,
    ]);
    assert.deepEqual([[...output], errors, code], [[0, 255, 10], 'oops\n', 7]);
  });

  it('has no capability, no way to gain one, and none of our files', async (t) => {
    const files =
      'for f in $(seq 3 999); do [ -L /proc/$$/fd/$f ] && echo open $(readlink /proc/$$/fd/$f); done';
    const { output } = await session(t, shell(`grep -E "^(Cap|NoNew)" /proc/self/status; ${files}`));
    const said = await text(output);
    assert.deepEqual(said.match(/Cap(Inh|Prm|Eff|Amb):\t0{16}/g)?.length, 4, said);
    assert.doesNotMatch(said, /^open (?!\/dev\/null$)/m);
    if (process.getuid?.() === 0) assert.match(said, /NoNewPrivs:\t1/);
  });

  it('is bound to the limits of the instance', async (t) => {
    const { output } = await session(t, shell('cat /proc/1/cgroup; echo --; cat /proc/self/cgroup'));
    const [first, own] = (await text(output)).split('--\n');
    assert.equal(own, first);
  });

  it('says that a command is missing', async (t) => {
    assert.equal(await (await session(t, { command: ['no-such-command'] })).ended, 127);
  });

  it('ends with the algorithm', async (t) => {
    const running = await waiting(t);
    const opened = await running.open?.(shell('sleep 1000'));
    await running.stop(0);
    assert.notEqual(await opened?.ended, 0);
  });

  it('ends when it is closed', async (t) => {
    const opened = await session(t, shell('echo $$; sleep 1000'));
    await until(opened, /\d/);
    opened.close();
    assert.equal(await opened.ended, 128 + 9);
  });

  it('is refused when the algorithm has ended', async (t) => {
    const running = await started(t, instance(t, script('true')));
    await running.ended;
    await assert.rejects(async () => running.open?.(shell('true')), SessionRefused);
  });
});

describe('a terminal', {
  skip: skip || (existsSync('/usr/bin/script') ? false : 'there is no script(1)'),
}, () => {
  it('has its size and its kind, and is a terminal to all that runs in it', async (t) => {
    const { output, ended } = await session(t, {
      ...shell('stty size; echo $TERM; tty; env | grep -c TRAINYARD_; exit 3'),
      terminal: TERMINAL,
    });
    assert.match(await text(output), /^33 77\r\nxterm\r\n\/dev\/pts\/\d+\r\n0\r\n$/);
    assert.equal(await ended, 3);
  });

  it('can be typed into, interrupted and resized', async (t) => {
    const opened = await session(t, { command: ['/bin/bash', '--norc', '-i'], terminal: TERMINAL });
    opened.input.write('stty -echo; PS1=; echo be""gin\n');
    await until(opened, /begin/);
    // A program that is just being started may miss the signal; its shell runs the trap when that has ended.
    const sleeping = 'trap "echo st""opped; exit" INT; echo sl""eeping; while :; do sleep 0.05; done';
    opened.input.write(`sh -c '${sleeping}'\n`);
    await until(opened, /sleeping/);
    opened.input.write('\x03');
    await until(opened, /stopped/);
    opened.resize({ rows: 50, columns: 120 });
    // The new size is there a moment later: it is asked for until it is.
    let size = '';
    while (!size.includes('50 120')) {
      await wait(10);
      opened.input.write('stty size; echo as""ked\n');
      size = await until(opened, /asked/);
    }
    opened.input.write('exit 5\n');
    assert.equal(await opened.ended, 5);
  });
});

it('variables come through a shell as they are', async (t) => {
  const { execFileSync } = await import('node:child_process');
  const value = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(value, (text) => {
      const script = `${exportLines({ VALUE: text })}printf %s "$VALUE"`;
      assert.equal(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }), text);
    }),
    { numRuns: 50 },
  );
  assert.equal(exportLines({ 'BASH_FUNC_x%%': 'rm' }), '');
  t.diagnostic('a name that no shell can set is left out');
});
