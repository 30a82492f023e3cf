import assert from 'node:assert/strict';
import { buffer, text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Algorithm, RunningAlgorithm } from '../runtime.ts';
import { type Session, SessionRefused, type SessionRequest } from '../session.ts';

/** Starts an algorithm which is ended before its folder is removed, after the test. */
export type StartAlgorithm = (t: TestContext, wanted: Partial<Algorithm>) => Promise<RunningAlgorithm>;

export interface SessionPlace {
  readonly start: StartAlgorithm;
  /** Why there is no terminal to be had. */
  readonly noTerminals?: string | false;
}

const TERMINAL = { rows: 33, columns: 77, kind: 'xterm' };

export const shell = (command: string): SessionRequest => ({ command: ['/bin/bash', '-c', command] });

/** An algorithm that waits. */
export function waiting(place: SessionPlace, t: TestContext): Promise<RunningAlgorithm> {
  const environment = { PATH: '/usr/bin:/bin', GREETING: "it's\nme" };
  return place.start(t, { entrypoint: ['/bin/bash', '-c', 'sleep 1000; :'], environment });
}

/** A session beside one. */
export async function sessionIn(
  place: SessionPlace,
  t: TestContext,
  request: SessionRequest,
): Promise<Session> {
  const running = await waiting(place, t);
  assert.ok(running.open);
  return running.open(request);
}

/** Reads until the text is there; fails when the stream ends before. */
async function until(session: Session, wanted: RegExp): Promise<string> {
  let seen = '';
  for await (const chunk of session.output.iterator({ destroyOnReturn: false })) {
    seen += chunk;
    if (wanted.test(seen)) return seen;
  }
  assert.fail(`it ended before ${wanted} was seen in ${JSON.stringify(seen)}`);
}

/** What holds of sessions whatever runs the algorithm. To be called within `describe`. */
export function sessionCases(place: SessionPlace): void {
  const session = (t: TestContext, request: SessionRequest) => sessionIn(place, t, request);

  describe('a session', () => {
    it('is where the algorithm is: names, processes, folder and environment', async (t) => {
      const { output } = await session(
        t,
        shell('uname -n; pwd; cat /proc/1/cmdline | tr "\\0" " "; echo "$GREETING"'),
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

    it('loses nothing of much that it says and hears, and of what it says last', async (t) => {
      const opened = await session(t, shell('tr a b; echo last'));
      opened.input.end('a'.repeat(5_000_000));
      const output = await text(opened.output);
      assert.equal(output.length, 5_000_005);
      assert.match(output, /^b+last\n$/);
      assert.equal(await opened.ended, 0);
    });

    it('has none of our files', async (t) => {
      const files =
        'for f in $(seq 3 999); do [ -L /proc/$$/fd/$f ] && echo open $(readlink /proc/$$/fd/$f); done';
      assert.doesNotMatch(await text((await session(t, shell(files))).output), /^open (?!\/dev\/null$)/m);
    });

    it('is bound to the limits of the instance', async (t) => {
      const { output } = await session(t, shell('cat /proc/1/cgroup; echo --; cat /proc/self/cgroup'));
      const [first, own] = (await text(output)).split('--\n');
      assert.equal(own, first);
    });

    it('says that a command is missing', async (t) => {
      assert.equal(await (await session(t, { command: ['no-such-command'] })).ended, 127);
    });

    it('says which signal ended the command', async (t) => {
      assert.equal(await (await session(t, shell('kill -TERM $$'))).ended, 128 + 15);
    });

    it('ends with the algorithm', async (t) => {
      const running = await waiting(place, t);
      const opened = await running.open?.(shell('sleep 1000'));
      await running.stop(0);
      assert.notEqual(await opened?.ended, 0);
    });

    it('leaves what it has put into the background', async (t) => {
      const running = await waiting(place, t);
      const waits = 'while [ ! -e /dev/shm/go ]; do sleep 0.05; done; touch /dev/shm/gone';
      const first = await openIn(running, `(${waits}) < /dev/null > /dev/null 2>&1 &`);
      assert.equal(await first.ended, 0);
      const looks =
        'touch /dev/shm/go; for i in $(seq 600); do [ -e /dev/shm/gone ] && exit; sleep 0.05; done; exit 1';
      assert.equal(await (await openIn(running, looks)).ended, 0);
    });

    it('ends when it is closed', async (t) => {
      const opened = await session(t, shell('echo $$; sleep 1000'));
      await until(opened, /\d/);
      opened.close();
      assert.equal(await opened.ended, 128 + 9);
    });

    it('is refused when the algorithm has ended', async (t) => {
      const running = await place.start(t, { entrypoint: ['/bin/bash', '-c', 'true'] });
      await running.ended;
      await assert.rejects(async () => running.open?.(shell('true')), SessionRefused);
    });
  });

  describe('a terminal', { skip: place.noTerminals ?? false }, () => {
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

    it('goes with whoever is connected to it, and takes what runs in it along', async (t) => {
      const running = await waiting(place, t);
      const opened = await running.open?.({
        command: ['/bin/bash', '--norc', '-i'],
        terminal: TERMINAL,
      });
      assert.ok(opened);
      opened.input.write('PS1=; sleep 4321 & sleep 4322 & echo st""arted\n');
      await until(opened, /started/);
      opened.close();
      await opened.ended;
      const left = 'grep -lzE "^432[12]$" /proc/[0-9]*/cmdline 2>/dev/null; true';
      for (let names = 'some'; names !== ''; ) names = await text((await openIn(running, left)).output);
    });
  });
}

async function openIn(running: RunningAlgorithm, command: string): Promise<Session> {
  const opened = await running.open?.(shell(command));
  assert.ok(opened);
  return opened;
}
