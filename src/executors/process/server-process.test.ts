import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chownSync, closeSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import type { Algorithm, AlgorithmExit } from '../runtime.ts';
import { exited, instance, outputOf, script, skip } from './sandbox-fixture.ts';

const PROGRAM = join(import.meta.dirname, 'run-one.ts');
const NOBODY = 65534;

interface ServerOptions {
  readonly uid?: number;
  /** A file that the server is started with, open as descriptor 99: Node itself keeps the first few from being handed on. */
  readonly inherited?: string;
  /** Stop the algorithm with this grace when it is ready. */
  readonly graceMs?: number;
}

/** Has a server of its own run the algorithm to its end. */
async function served(
  algorithm: Algorithm,
  { uid, inherited, graceMs }: ServerOptions,
): Promise<AlgorithmExit> {
  const file = inherited === undefined ? 'ignore' : openSync(inherited, 'r');
  try {
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify({ algorithm, settings: {}, graceMs })], {
      stdio: ['ignore', 'pipe', 'inherit', ...Array<'ignore'>(96).fill('ignore'), file],
      env: { PATH: process.env.PATH, HOME: '/nonexistent' },
      cwd: '/',
      ...(uid !== undefined && { uid, gid: uid }),
    });
    assert.ok(child.stdout);
    const said = await text(child.stdout);
    return JSON.parse(said.trim().split('\n').at(-1) ?? '') as AlgorithmExit;
  } finally {
    if (typeof file === 'number') closeSync(file);
  }
}

describe('a server that was started with open files', { skip }, () => {
  it('hands none of them on to an algorithm', async (t) => {
    const algorithm = instance(t, script('readlink /proc/1/fd/99; true'));
    assert.deepEqual(await served(algorithm, { inherited: PROGRAM }), exited(0));
    assert.equal(outputOf(algorithm), '/dev/null\n');
  });
});

const asNobody =
  skip ||
  (process.getuid?.() !== 0 && 'needs root, to become another user') ||
  (![PROGRAM, process.execPath].every(everybodyMayRead) && 'other users may not read this program');

function everybodyMayRead(path: string): boolean {
  const mode = statSync(path).mode;
  const may = (mode & 0o005) === (statSync(path).isDirectory() ? 0o005 : mode & 0o001 ? 0o005 : 0o004);
  return may && (path === '/' || everybodyMayRead(dirname(path)));
}

describe('a server of an ordinary user’s', { skip: asNobody }, () => {
  function instanceOfNobody(...[t, wanted]: Parameters<typeof instance>): Algorithm {
    const algorithm = instance(t, wanted);
    for (const path of [algorithm.home, algorithm.mlRoot]) chownSync(path, NOBODY, NOBODY);
    return algorithm;
  }

  it('runs algorithms as that user, with that user’s files and no capability', async (t) => {
    const algorithm = instanceOfNobody(
      t,
      script(
        'id -u; touch /opt/ml/mine; grep CapEff /proc/self/status; cat /etc/shadow 2>/dev/null; ' +
          'unshare -U true 2>/dev/null || exit 4',
      ),
    );
    assert.deepEqual(await served(algorithm, { uid: NOBODY }), exited(4));
    assert.equal(outputOf(algorithm), `${NOBODY}\nCapEff:\t0000000000000000\n`);
    assert.equal(statSync(join(algorithm.mlRoot, 'mine')).uid, NOBODY);
  });

  it('asks everyone in a sandbox to end', async (t) => {
    const child = 'trap "exit 5" TERM; touch /opt/ml/ready; while :; do sleep 0.01; done';
    const algorithm = instanceOfNobody(t, {
      entrypoint: ['/bin/sh', '-c', `/bin/bash -c '${child}'; exit $?`],
    });
    assert.deepEqual(await served(algorithm, { uid: NOBODY, graceMs: 3_600_000 }), exited(5));
  });

  it('can kill a program that hides from it', async (t) => {
    const [prctl, PR_SET_DUMPABLE] = [process.arch === 'arm64' ? 167 : 157, 4];
    const perl = `syscall(${prctl}, ${PR_SET_DUMPABLE}, 0, 0, 0, 0); open(F, ">/opt/ml/ready"); close F; sleep 1000`;
    const algorithm = instanceOfNobody(t, { entrypoint: ['perl', '-e', perl] });
    assert.deepEqual(await served(algorithm, { uid: NOBODY, graceMs: 0 }), exited(137));
  });
});
