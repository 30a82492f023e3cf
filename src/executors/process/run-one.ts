/**
 * A server that does nothing but run one algorithm, for tests that kill it or start it as somebody else. Takes the algorithm and
 * the runtime's settings as JSON; says `ready`, `started` and how it ended. Stops it with that grace, when one is given, as soon
 * as it has left a file `ready` in its folder.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../clock/system-clock.ts';
import type { Algorithm } from '../runtime.ts';
import { type ProcessConfig, processSettings } from './config.ts';
import { createProcessRuntime } from './process-runtime.ts';

interface Order {
  readonly algorithm: Algorithm;
  readonly settings: Partial<ProcessConfig>;
  readonly graceMs?: number;
}

const { algorithm, settings, graceMs } = JSON.parse(process.argv[2] ?? '') as Order;
const runtime = createProcessRuntime(processSettings(2).parse(settings), {
  clock: systemClock,
  hidden: [],
});
const fingerprint = await runtime.fingerprint();
if (!fingerprint.ok) throw new Error(fingerprint.problems.join(' '));
process.stdout.write('ready\n');
const running = await runtime.start(algorithm);
process.stdout.write('started\n');
if (graceMs !== undefined) {
  while (!existsSync(join(algorithm.mlRoot, 'ready'))) await wait(5);
  await running.stop(graceMs);
}
const exit = await running.ended;
await running.release();
process.stdout.write(`${JSON.stringify(exit)}\n`);
