import assert from 'node:assert/strict';
import { totalmem } from 'node:os';
import { describe, it } from 'node:test';
import { systemClock } from '../../clock/system-clock.ts';
import { RuntimeFault } from '../runtime.ts';
import { createProcessRuntime } from './process-runtime.ts';
import { defaultSettings, finished, instance, machine, script, skip } from './sandbox-fixture.ts';

describe('the fingerprint', () => {
  it('says what the machine has', { skip }, () => {
    assert.equal(machine.sandbox, 'bubblewrap');
    assert.ok(machine.cores >= 1);
    assert.ok(machine.memoryBytes > 0 && machine.memoryBytes <= totalmem());
    assert.deepEqual(
      machine.problems.length === 0,
      machine.cgroups !== 'none' &&
        machine.networkIsolation &&
        machine.userNamespaces &&
        (machine.users || process.getuid?.() !== 0),
    );
  });

  it('says how to get bubblewrap where it is missing, and nothing runs until it is there', {
    skip,
  }, async (t) => {
    const runtime = createProcessRuntime(defaultSettings, { clock: systemClock, hidden: [] });
    const path = process.env.PATH ?? '';
    process.env.PATH = '/nonexistent';
    try {
      const fingerprint = await runtime.fingerprint();
      assert.equal(fingerprint.ok, false);
      assert.match(fingerprint.problems[0] ?? '', /apt-get install bubblewrap/);
      await assert.rejects(runtime.start(instance(t, script('true'))), (error) => {
        return (
          error instanceof RuntimeFault && error.blame === 'internal' && /bubblewrap/.test(error.message)
        );
      });
    } finally {
      process.env.PATH = path;
    }
    assert.deepEqual((await finished(t, instance(t, script('exit 3')), runtime)).exit, {
      kind: 'exited',
      code: 3,
      outOfMemory: false,
    });
  });

  it('names the images that can’t be run', { skip }, async () => {
    const images = {
      gone: { root: '/nonexistent/image', environment: {}, workdir: '/', script: false, binds: [] },
    };
    const runtime = createProcessRuntime({ ...defaultSettings, images }, { clock: systemClock, hidden: [] });
    const fingerprint = await runtime.fingerprint();
    assert.equal(fingerprint.ok, false);
    assert.match(fingerprint.problems.join(' '), /\/nonexistent\/image of the image gone/);
  });
});
