import { describe, it } from 'node:test';
import { systemClock } from '../../clock/system-clock.ts';
import { usageCases, used } from '../testing/usage-cases.fixture.ts';
import { processSettings } from './config.ts';
import { createProcessRuntime } from './process-runtime.ts';
import { instance, sandboxes, script, skip, started } from './sandbox-fixture.ts';

describe('the use of a running algorithm in a sandbox', { skip }, () => {
  usageCases({
    instance: (t, text, wanted) => instance(t, { ...script(text), ...wanted }),
    runtime: () => sandboxes,
    start: (t, algorithm) => started(t, algorithm),
  });
});

it('the use of an algorithm without a sandbox is that of its session', async (t) => {
  const plain = instance(t, { ...script('while :; do :; done') });
  const runtime = createProcessRuntime(processSettings(2).parse({ sandbox: 'none' }), {
    clock: systemClock,
    hidden: [],
    mlLink: `${plain.home}/link`,
  });
  const running = await started(t, plain, runtime);
  await used(running, ({ cpuSeconds = 0 }) => cpuSeconds > 0.2);
});
