import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../clock/system-clock.ts';
import { type Algorithm, RuntimeFault } from '../runtime.ts';
import { readClaim } from './claim.ts';
import { type Launch, phaseOf } from './launch-phase.ts';
import { createProcessRuntime } from './process-runtime.ts';
import { bootId, killProcess, runningProcess } from './process-table.ts';
import { makeRunFolder, readRecord, runFolder, writeRecord } from './run-folder.ts';
import {
  defaultSettings,
  exited,
  finished,
  instance,
  outputOf,
  sandboxes,
  script,
  skip,
  started,
  until,
} from './sandbox-fixture.ts';
import { SupervisedAlgorithm } from './supervised-algorithm.ts';

/** Runs until it is told to go on, and leaves a line for each time that it ran. */
const WORK =
  'echo run >> /opt/ml/runs; until [ -e /opt/ml/go ]; do sleep 0.01; done; echo done >> /opt/ml/runs; exit 5';

function server(t: TestContext, algorithm: Algorithm): ChildProcess {
  const order = JSON.stringify({ algorithm, settings: {} });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'run-one.ts'), order], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

/** Goes on reading afterwards, so that the server does not end for want of a reader. */
function hears(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let heard = '';
    child.stdout?.on('data', (chunk) => {
      heard += chunk;
      if (heard.includes(word)) resolve();
    });
    child.on('exit', () => reject(new Error(`it ended, having said ${heard}`)));
  });
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function goOn(algorithm: Algorithm): void {
  writeFileSync(join(algorithm.mlRoot, 'go'), '');
}

function runs(algorithm: Algorithm): string {
  return readFileSync(join(algorithm.mlRoot, 'runs'), 'utf8');
}

/** A server of later: it knows nothing but what is on disk. */
function successor() {
  return createProcessRuntime(defaultSettings, { clock: systemClock, hidden: [] });
}

function launcherOf(algorithm: Algorithm): number {
  const claim = readClaim(runFolder(algorithm.home));
  assert.ok(claim.kind === 'signed');
  return claim.launcher.pid;
}

describe('an algorithm whose server was killed', { skip }, () => {
  it('runs exactly once, whenever that was', async (t) => {
    for (const delayMs of [0, 2, 5, 9, 14, 20, 30, 50]) {
      const algorithm = instance(t, script(WORK));
      const child = server(t, algorithm);
      await hears(child, 'ready');
      await wait(delayMs);
      await killed(child);
      const running = await started(t, algorithm, successor());
      goOn(algorithm);
      assert.deepEqual(await running.ended, exited(5), `killed after ${delayMs} ms`);
      await running.release();
      assert.equal(runs(algorithm), 'run\ndone\n', `killed after ${delayMs} ms`);
    }
  });

  it('goes on meanwhile, and is stopped by the next one', async (t) => {
    const text = 'trap "echo asked; exit 6" TERM; echo run; while :; do sleep 0.01; done';
    const algorithm = instance(t, script(text));
    const child = server(t, algorithm);
    await hears(child, 'started');
    await killed(child);
    const running = await started(t, algorithm, successor());
    await until(() => outputOf(algorithm) === 'run\n');
    await running.stop(3_600_000);
    assert.deepEqual(await running.ended, exited(6));
    assert.equal(outputOf(algorithm), 'run\nasked\n');
  });

  it('may have ended when the next one comes', async (t) => {
    const algorithm = instance(t, script(WORK));
    const child = server(t, algorithm);
    await hears(child, 'started');
    await killed(child);
    const supervisor = launcherOf(algorithm);
    goOn(algorithm);
    await until(() => !existsSync(`/proc/${supervisor}`) || isZombie(supervisor));
    const end = await finished(t, algorithm, successor());
    assert.deepEqual(end.exit, exited(5));
    assert.equal(runs(algorithm), 'run\ndone\n');
  });
});

function isZombie(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

describe('several starts of an instance', { skip }, () => {
  it('are one run, also at the same instant', async (t) => {
    const algorithm = instance(t, script(WORK));
    const all = await Promise.all([1, 2, 3, 4].map(() => successor().start(algorithm)));
    goOn(algorithm);
    for (const running of all) assert.deepEqual(await running.ended, exited(5));
    for (const running of all) await running.release();
    assert.equal(runs(algorithm), 'run\ndone\n');
  });

  it('are one run after its end, too', async (t) => {
    const algorithm = instance(t, script('echo run >> /opt/ml/runs; exit 3'));
    assert.deepEqual((await finished(t, algorithm)).exit, exited(3));
    assert.deepEqual((await finished(t, algorithm)).exit, exited(3));
    assert.equal(runs(algorithm), 'run\n');
  });
});

describe('a supervisor that was killed', { skip }, () => {
  it('leaves the algorithm running, whose end has no exit code then', async (t) => {
    const algorithm = instance(t, script(WORK));
    const running = await started(t, algorithm);
    await until(() => existsSync(join(algorithm.mlRoot, 'runs')));
    process.kill(launcherOf(algorithm), 'SIGKILL');
    const later = await started(t, algorithm, successor());
    goOn(algorithm);
    for (const each of [running, later]) {
      assert.deepEqual(await each.ended, { kind: 'vanished', detail: 'its supervisor was killed' });
    }
    assert.equal(runs(algorithm), 'run\ndone\n');
  });

  it('does not keep the algorithm from being stopped', async (t) => {
    const algorithm = instance(t, script(`trap "echo asked; exit 1" TERM; ${WORK}`));
    const running = await started(t, algorithm);
    await until(() => existsSync(join(algorithm.mlRoot, 'runs')));
    process.kill(launcherOf(algorithm), 'SIGKILL');
    await running.stop(3_600_000);
    assert.equal((await running.ended).kind, 'vanished');
    assert.equal(outputOf(algorithm), 'asked\n');
  });
});

describe('a launch that was killed before it told of what it had started', () => {
  /** A launch of which nothing is left but what it left behind. */
  function killedLaunch(t: TestContext): Launch {
    const { home, output } = instance(t);
    const folder = runFolder(home);
    makeRunFolder(folder);
    const stat = execFileSync('/bin/sh', ['-c', 'read -r self < /proc/self/stat; echo "$self"']);
    writeFileSync(folder.claim, `${bootId()} ${stat}`);
    const record = { bootId: bootId(), sandbox: 'bubblewrap', saysStarted: true, cgroups: [] } as const;
    return { folder, record, output };
  }

  it('has it ended before it has failed itself', async (t) => {
    const launch = killedLaunch(t);
    // As bubblewrap leaves it when it is killed in the middle of its word on the child.
    writeFileSync(launch.folder.status, '{ "child-pid": 12');
    const errors = openSync(launch.output, 'a');
    const child = spawn('/bin/sleep', ['1000'], { stdio: ['ignore', 'ignore', errors] });
    closeSync(errors);
    t.after(() => child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    assert.deepEqual(phaseOf(launch), { kind: 'starting' });
    assert.deepEqual(await ended, [null, 'SIGKILL']);
    assert.deepEqual(phaseOf(launch), { kind: 'failed', detail: 'its supervisor was killed' });
  });
});

describe('a sandbox that could not be made, of an image that can’t say when its command begins', () => {
  it('ends for that reason', async (t) => {
    const { home, output } = instance(t);
    const folder = runFolder(home);
    makeRunFolder(folder);
    const supervisor = spawn('/bin/sh', ['-c', 'sleep 1000 & echo $!; wait'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    t.after(() => supervisor.kill('SIGKILL'));
    const child = runningProcess(Number((await once(supervisor.stdout, 'data'))[0]));
    assert.ok(child);
    t.after(() => killProcess(child));
    writeFileSync(folder.claim, `${bootId()} ${readFileSync(`/proc/${supervisor.pid}/stat`, 'utf8')}`);
    writeFileSync(folder.status, `{ "child-pid": ${child.pid}, "pid-namespace": 1 }\n`);
    const record = { bootId: bootId(), sandbox: 'bubblewrap', saysStarted: false, cgroups: [] } as const;
    const algorithm = new SupervisedAlgorithm({ folder, record, output }, systemClock, async () => {});
    await algorithm.started;
    writeFileSync(output, "bwrap: Can't mount proc on /newroot/proc: Operation not permitted\n");
    supervisor.kill('SIGKILL');
    killProcess(child);
    const detail = "Can't mount proc on /newroot/proc: Operation not permitted";
    assert.deepEqual(await algorithm.ended, { kind: 'vanished', detail });
    await algorithm.release();
  });
});

describe('what stands on disk', { skip }, () => {
  it('tells of a run that a restart of the machine ended', async (t) => {
    const algorithm = instance(t, script(WORK));
    const folder = runFolder(algorithm.home);
    mkdirSync(folder.path);
    writeRecord(folder, { bootId: 'an earlier one', sandbox: 'bubblewrap', saysStarted: true, cgroups: [] });
    const { exit } = await finished(t, { ...algorithm, output: '/dev/null' });
    assert.deepEqual(exit, { kind: 'vanished', detail: 'the machine restarted' });
    assert.ok(!existsSync(join(algorithm.mlRoot, 'runs')));
  });

  it('tells of an exit code from before a restart', async (t) => {
    const algorithm = instance(t, script('exit 8'));
    await finished(t, algorithm);
    const folder = runFolder(algorithm.home);
    const record = readRecord(folder);
    assert.ok(record);
    writeRecord(folder, { ...record, bootId: 'an earlier one' });
    assert.deepEqual((await finished(t, algorithm)).exit, exited(8));
  });

  it('tells of a launch that was killed while it signed its claim', async (t) => {
    const algorithm = instance(t, script(WORK));
    await finished(t, { ...algorithm, ...script('true') });
    writeFileSync(runFolder(algorithm.home).claim, '');
    await assert.rejects(sandboxes.start(algorithm), RuntimeFault);
    assert.ok(!existsSync(join(algorithm.mlRoot, 'runs')));
  });
});

describe('a launch that can not begin', { skip }, () => {
  it('is given up', async (t) => {
    const algorithm = instance(t, script(WORK));
    // As on a full disk: nobody can make the claim.
    mkdirSync(runFolder(algorithm.home).claim, { recursive: true });
    await assert.rejects(sandboxes.start(algorithm), /killed before it began, or the disk is full/);
    assert.ok(!existsSync(join(algorithm.mlRoot, 'runs')));
  });
});

describe('the first launch of a server', { skip }, () => {
  it('does no harm to others when it can not be laid out', async (t) => {
    const server = successor();
    const first = instance(t, script('true'));
    // As on a full disk: nothing can be made there.
    writeFileSync(runFolder(first.home).path, '');
    await assert.rejects(server.start(first));
    const running = await started(t, instance(t, script('exit 4')), server);
    assert.deepEqual(await running.ended, exited(4));
  });
});

describe('an algorithm that is no longer followed', { skip }, () => {
  it('goes on', async (t) => {
    const algorithm = instance(t, script(WORK));
    const running = await sandboxes.start(algorithm);
    running.abandon();
    const later = await started(t, algorithm, successor());
    goOn(algorithm);
    assert.deepEqual(await later.ended, exited(5));
  });
});
