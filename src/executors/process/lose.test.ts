import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { systemClock } from '../../clock/system-clock.ts';
import type { Algorithm, Runtime } from '../runtime.ts';
import { readClaim } from './claim.ts';
import { createProcessRuntime } from './process-runtime.ts';
import { isRunning } from './process-table.ts';
import { runFolder } from './run-folder.ts';
import { defaultSettings, instance, sandboxes, script, skip, started, until } from './sandbox-fixture.ts';

/** Takes no notice of SIGTERM, and has a child. */
const stubborn = (ml: string) => script(`trap "" TERM; sleep 600 & touch ${ml}/ready; wait; echo survived`);

async function loses(t: TestContext, algorithm: Algorithm, runtime: Runtime): Promise<void> {
  const running = await started(t, algorithm, runtime);
  await until(() => existsSync(join(algorithm.mlRoot, 'ready')));
  const claim = readClaim(runFolder(algorithm.home));
  assert.ok(claim.kind === 'signed');
  await running.lose();
  assert.equal((await running.ended).kind, 'vanished');
  assert.ok(!isRunning(claim.launcher));
  // Once more, of what is gone.
  await running.lose();
  // Whoever finds it after a crash finds the same.
  const found = await started(t, algorithm, runtime);
  assert.equal((await found.ended).kind, 'vanished');
}

describe('a lost host', () => {
  it('takes the sandbox and its supervisor with it', { skip }, async (t) => {
    await loses(t, instance(t, stubborn('/opt/ml')), sandboxes);
  });

  it('takes everyone of the session with it where there is no sandbox', async (t) => {
    const algorithm = instance(t);
    const mlLink = join(algorithm.home, 'opt', 'ml');
    const config = { ...defaultSettings, sandbox: 'none' as const };
    const runtime = createProcessRuntime(config, { clock: systemClock, hidden: [], mlLink });
    await loses(t, { ...algorithm, ...stubborn(mlLink) }, runtime);
  });
});
