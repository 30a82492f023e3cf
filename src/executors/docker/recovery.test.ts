import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Algorithm } from '../runtime.ts';
import { containerFolder } from './container-folder.ts';
import { openEngine } from './engine.ts';
import { removeOrphans } from './orphans.ts';
import {
  exited,
  finished,
  instance,
  outputOf,
  podmanWithShell,
  runtimeOn,
  script,
  skip,
  started,
  until,
} from './testing/containers.fixture.ts';
import type { PrivatePodman } from './testing/podman.fixture.ts';

/** Counts in its log until it is told to end. */
const COUNTING = script(
  'i=0; until [ -e /opt/ml/model/end ]; do i=$((i+1)); echo line $i; sleep 0.01; done; echo last; exit 5',
);

describe('a container that runs', { skip }, () => {
  let podman: PrivatePodman;

  before(async () => {
    podman = await podmanWithShell();
  });
  after(() => podman.remove());

  const end = (algorithm: Algorithm) => writeFileSync(join(algorithm.mlRoot, 'model/end'), '');
  const nameOf = (algorithm: Algorithm) => `trainyard-test-${algorithm.id}`;

  function assertWhole(algorithm: Algorithm): void {
    const lines = outputOf(algorithm).trim().split('\n');
    assert.equal(lines.pop(), 'last');
    assert.deepEqual(
      lines,
      Array.from(lines, (_, i) => `line ${i + 1}`),
    );
  }

  it('is found again by the next server, with its lines and its exit code', async (t) => {
    const algorithm = instance(t, COUNTING);
    const first = await started(t, algorithm, await runtimeOn(podman));
    first.abandon();
    await until(() => outputOf(algorithm).includes('line 3\n'));
    const second = await started(t, algorithm, await runtimeOn(podman));
    end(algorithm);
    assert.deepEqual(await second.ended, exited(5));
    assertWhole(algorithm);
  });

  it('is found again when it has ended in the meantime, and never runs twice', async (t) => {
    const algorithm = instance(t, script('echo once; exit 3'));
    const first = await started(t, algorithm, await runtimeOn(podman));
    await first.ended;
    for (const _ of [1, 2]) {
      assert.deepEqual(await finished(t, algorithm, await runtimeOn(podman)), {
        exit: exited(3),
        output: 'once\n',
      });
    }
  });

  it('does not run again when the engine starts its container once more', async (t) => {
    const algorithm = instance(t, script('echo once; exit 3'));
    const running = await started(t, algorithm, await runtimeOn(podman));
    await running.ended;
    await podman.command('start', '--attach', nameOf(algorithm)).catch(() => undefined);
    assert.equal(outputOf(algorithm), 'once\n');
  });

  it('is started by the next server when the first was killed after it was made', async (t) => {
    const algorithm = instance(t, script('echo mine'));
    const runtime = await runtimeOn(podman);
    const first = await runtime.start({ ...algorithm, entrypoint: ['/bin/true'] });
    await first.ended;
    // As it is when the engine made the container and was not yet asked to start it.
    await podman.command('rm', nameOf(algorithm));
    writeFileSync(containerFolder(algorithm.home).claim, '');
    assert.deepEqual(await finished(t, algorithm, await runtimeOn(podman)), {
      exit: exited(0),
      output: 'mine\n',
    });
  });

  it('is not taken for one of the same name that another data directory left behind', async (t) => {
    const algorithm = instance(t, script('echo mine'));
    await podman.command(
      'create',
      '--name',
      nameOf(algorithm),
      '--network',
      'none',
      algorithm.image,
      'bash',
      '-c',
      'echo other',
    );
    assert.deepEqual(await finished(t, algorithm, await runtimeOn(podman)), {
      exit: exited(0),
      output: 'mine\n',
    });
  });

  it('goes on while its engine is away, and is followed again when that is back', async (t) => {
    const lines: string[] = [];
    const algorithm = instance(t, COUNTING);
    const running = await started(t, algorithm, await runtimeOn(podman, { lines }));
    await podman.killService();
    await until(() => lines.length > 0);
    const seen = outputOf(algorithm).length;
    await until(() => outputOf(algorithm).length > seen);
    await podman.startService();
    end(algorithm);
    assert.deepEqual(await running.ended, exited(5));
    assertWhole(algorithm);
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /is asked again/);
  });

  it('is started once, whether its engine was away before or is killed meanwhile', async (t) => {
    for (const isAwayBefore of [true, false]) {
      const algorithm = instance(t, COUNTING);
      const runtime = await runtimeOn(podman);
      if (isAwayBefore) await podman.killService();
      const starting = started(t, algorithm, runtime);
      await podman.killService();
      await podman.startService();
      const running = await starting;
      end(algorithm);
      assert.deepEqual(await running.ended, exited(5));
      assertWhole(algorithm);
    }
  });

  it('is stopped, and nothing of it is left, by an engine that comes back', async (t) => {
    const algorithm = instance(t, COUNTING);
    const running = await started(t, algorithm, await runtimeOn(podman));
    await until(() => existsSync(algorithm.output) && outputOf(algorithm) !== '');
    await podman.killService();
    const stopping = running.stop(0);
    await podman.startService();
    await stopping;
    assert.equal((await running.ended).kind, 'exited');
    await podman.killService();
    const releasing = running.release();
    await podman.startService();
    await releasing;
    assert.doesNotMatch(
      await podman.command('ps', '--all', '--format', '{{.Names}}'),
      new RegExp(nameOf(algorithm)),
    );
  });

  it('has its end told when that came while the engine was away', async (t) => {
    const lines: string[] = [];
    const algorithm = instance(t, COUNTING);
    const running = await started(t, algorithm, await runtimeOn(podman, { lines }));
    await podman.killService();
    end(algorithm);
    await until(() => outputOf(algorithm).endsWith('last\n'));
    await podman.startService();
    assert.deepEqual(await running.ended, exited(5));
  });

  it('has vanished, and not failed, when its engine ended it in its own restart', async (t) => {
    const lines: string[] = [];
    const algorithm = instance(t, COUNTING);
    const running = await started(t, algorithm, await runtimeOn(podman, { lines }));
    await podman.killService();
    await until(() => lines.length > 0);
    await podman.command('kill', nameOf(algorithm));
    await podman.startService();
    assert.deepEqual(await running.ended, {
      kind: 'vanished',
      detail: 'the container engine was restarted and ended it',
    });
  });

  it('has vanished when it is lost on demand, and stays lost for the next server', async (t) => {
    const algorithm = instance(t, COUNTING);
    const running = await started(t, algorithm, await runtimeOn(podman));
    await until(() => existsSync(algorithm.output) && outputOf(algorithm) !== '');
    await running.lose();
    assert.equal((await running.ended).kind, 'vanished');
    assert.equal((await finished(t, algorithm, await runtimeOn(podman))).exit.kind, 'vanished');
  });

  it('has vanished when somebody removed it', async (t) => {
    const algorithm = instance(t, COUNTING);
    const running = await started(t, algorithm, await runtimeOn(podman));
    await until(() => existsSync(algorithm.output) && outputOf(algorithm) !== '');
    await podman.command('rm', '--force', '--time', '0', nameOf(algorithm));
    assert.deepEqual(await running.ended, { kind: 'vanished', detail: 'its container was removed' });
  });

  it('is removed at the next start of the server when its instance is gone', async (t) => {
    const algorithm = instance(t, COUNTING);
    const kept = instance(t, COUNTING);
    const runtime = await runtimeOn(podman);
    const orphan = await started(t, { ...algorithm, home: algorithm.home }, runtime);
    await started(t, kept, runtime);
    orphan.abandon();
    await removeOrphans(await openEngine(podman.socket), 'other', () => false);
    await removeOrphans(await openEngine(podman.socket), 'test', (home) => home === kept.home);
    const names = await podman.command('ps', '--all', '--format', '{{.Names}}');
    assert.equal(names.includes(nameOf(algorithm)), false);
    assert.equal(names.includes(nameOf(kept)), true);
  });
});
