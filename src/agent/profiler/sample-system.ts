import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasProfile, isProfiled, profilingInterval } from '../../training/profiling.ts';
import type { Companion, CompanionHook } from '../companion.ts';
import type { Instance } from '../hook.ts';
import { machineReading, readKernelFiles } from './machine-reading.ts';
import { MinuteFiles } from './minute-files.ts';
import { systemMetrics } from './system-metrics.ts';
import { SYSTEM_METRICS } from './system-metrics-folder.ts';

/** Samples what the machine does while the algorithm runs, as the job's ProfilerConfig has it; the sync of folders takes it out. */
export const sampleSystem: CompanionHook = {
  name: 'sample system metrics',
  async start(instance): Promise<Companion> {
    const sampler = new SystemSampler(instance);
    sampler.follow();
    return {
      profilerChanged: () => sampler.follow(),
      // At once, so that the sync that finishes next finds the last file.
      finish: async () => sampler.finish(),
      abandon: () => sampler.abandon(),
    };
  },
};

/** Samples at the interval that the instance's plan says, as long as it says one. */
class SystemSampler {
  readonly #instance: Instance;
  #files: MinuteFiles | undefined;
  /** Undefined while nothing is sampled. */
  #interval: number | undefined;
  #sampling = new AbortController();
  #isOver = false;

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  /** Does as the plan says by now. */
  follow(): void {
    const { request } = this.#instance.plan;
    if (this.#isOver || !hasProfile(request)) return;
    this.#files ??= this.#open();
    const interval = isProfiled(request) ? profilingInterval(request) : undefined;
    if (interval === this.#interval) return;
    this.#pause();
    this.#interval = interval;
    if (interval !== undefined) this.#start(this.#files, interval);
    else this.#files.finish(this.#instance.environment.clock.now());
  }

  finish(): void {
    this.abandon();
    this.#files?.finish(this.#instance.environment.clock.now());
  }

  abandon(): void {
    this.#isOver = true;
    this.#pause();
  }

  #open(): MinuteFiles {
    const { folder, plan } = this.#instance;
    const path = join(folder.state, SYSTEM_METRICS);
    mkdirSync(path, { recursive: true });
    return new MinuteFiles(path, plan.host);
  }

  #pause(): void {
    this.#sampling.abort();
  }

  #start(files: MinuteFiles, interval: number): void {
    this.#sampling = new AbortController();
    const { signal } = this.#sampling;
    sample(this.#instance, files, interval, signal).catch((error) => {
      if (!signal.aborted) this.#instance.say(`System metrics are not sampled any more: ${error.message}`);
    });
  }
}

async function sample(
  { environment: { clock }, plan: { host } }: Instance,
  files: MinuteFiles,
  interval: number,
  signal: AbortSignal,
): Promise<void> {
  let before = machineReading(await readKernelFiles(), clock.now());
  while (!signal.aborted) {
    await clock.sleep(interval, signal);
    const after = machineReading(await readKernelFiles(), clock.now());
    if (signal.aborted) return;
    const metrics = systemMetrics(before, after, host);
    if (metrics.length > 0) files.append(metrics, after.at);
    before = after;
  }
}
