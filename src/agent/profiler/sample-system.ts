import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isProfiled, profilingInterval } from '../../training/profiling.ts';
import type { Companion, CompanionHook } from '../companion.ts';
import type { Instance } from '../hook.ts';
import { machineReading, readKernelFiles } from './machine-reading.ts';
import { MinuteFiles } from './minute-files.ts';
import { systemMetrics } from './system-metrics.ts';
import { SYSTEM_METRICS } from './system-metrics-folder.ts';

/** Samples what the machine does while the algorithm runs, for a job with a ProfilerConfig; the sync of folders takes it out. */
export const sampleSystem: CompanionHook = {
  name: 'sample system metrics',
  async start(instance): Promise<Companion | undefined> {
    if (!isProfiled(instance.plan.request)) return undefined;
    const folder = join(instance.folder.state, SYSTEM_METRICS);
    await mkdir(folder, { recursive: true });
    const files = new MinuteFiles(folder, instance.plan.host);
    const stop = new AbortController();
    sample(instance, files, stop.signal).catch((error) => {
      if (!stop.signal.aborted) instance.say(`System metrics are not sampled any more: ${error.message}`);
    });
    return {
      // At once, so that the sync that finishes next finds the last file.
      finish: async () => {
        stop.abort();
        files.finish(instance.environment.clock.now());
      },
      abandon: () => stop.abort(),
    };
  },
};

async function sample(instance: Instance, files: MinuteFiles, signal: AbortSignal): Promise<void> {
  const { clock } = instance.environment;
  const interval = profilingInterval(instance.plan.request);
  let before = machineReading(await readKernelFiles(), clock.now());
  while (!signal.aborted) {
    await clock.sleep(interval, signal);
    const after = machineReading(await readKernelFiles(), clock.now());
    if (signal.aborted) return;
    const metrics = systemMetrics(before, after, instance.plan.host);
    if (metrics.length > 0) files.append(metrics, after.at);
    before = after;
  }
}
