import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe as group, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const demo = fileURLToPath(new URL('../../examples/demo.ts', import.meta.url));

group('npm run demo', () => {
  let temporary: string;
  before(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'trainyard-demo-test-'));
  });
  after(() => rm(temporary, { recursive: true, force: true }));

  /** Starts the demo without a terminal, with a temporary folder of its own. */
  function start(): { child: ChildProcess; output: () => string } {
    const child = spawn(process.execPath, [demo], { env: { ...process.env, TMPDIR: temporary } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    return { child, output: () => output };
  }

  test('trains, evaluates, and leaves nothing behind', async () => {
    const { child, output } = start();
    const [code] = await once(child, 'close');
    assert.equal(code, 0, output());
    for (const status of ['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']) {
      assert.ok(output().includes(` ${status} `), output());
    }
    const epochs = [...output().matchAll(/epoch=(\d+) /g)].map(([, epoch]) => Number(epoch));
    assert.deepEqual(
      epochs,
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
    assert.match(output(), /Model +s3:\/\/\S+\/model\.tar\.gz/);
    assert.match(output(), /Accuracy +9\d\.\d % on 142 held-out rows/);
    assert.ok(!output().includes('\x1b'), 'no cursor movement without a terminal');
    assert.deepEqual(await readdir(temporary), []);
  });

  test('ends at Ctrl-C, and leaves nothing behind', async () => {
    const { child, output } = start();
    const closed = once(child, 'close');
    while (!output().includes('epoch=2 ') && child.exitCode === null) {
      await Promise.race([once(child.stdout ?? child, 'data'), closed]);
    }
    child.kill('SIGINT');
    const [code] = await closed;
    assert.equal(code, 1, output());
    assert.match(output(), /The demo failed: ended by SIGINT/);
    assert.deepEqual(await readdir(temporary), []);
  });
});
