import { realpath } from 'node:fs/promises';
import type { Companion, CompanionHook } from '../companion.ts';
import { profilerConfig } from '../config-files/profiler-config.ts';
import type { Instance } from '../hook.ts';
import { replaceInside } from '../sync/inside.ts';

const FILE = 'input/config/profilerconfig.json';
/** After a failure: a full disk, say. */
const RETRY_MS = 2000;

/**
 * Keeps `profilerconfig.json` as the plan has it: a profiler reads it again and again while it runs, and does what it says by then
 * (training contract §9.4).
 */
export const rewriteConfig: CompanionHook = {
  name: 'keep the profiler told',
  async start(instance): Promise<Companion> {
    const over = new AbortController();
    let last = Promise.resolve();
    const tell = () => {
      // One after the other, so that the last one to write writes the newest.
      last = last.then(() => rewrite(instance, over.signal)).catch(() => {});
    };
    // Whoever served the instance before may have been killed between a change and this.
    tell();
    return {
      profilerChanged: tell,
      finish: async () => over.abort(),
      abandon: () => over.abort(),
    };
  },
};

/** Rejects when it is over. */
async function rewrite(instance: Instance, over: AbortSignal): Promise<void> {
  for (let isFirst = true; ; isFirst = false) {
    over.throwIfAborted();
    const config = profilerConfig(instance.plan);
    if (config === undefined) return;
    try {
      await replaceInside(await realpath(instance.folder.ml), FILE, JSON.stringify(config));
      return;
    } catch (error) {
      if (isFirst) instance.say(`${FILE} could not be rewritten: ${(error as Error).message}`);
    }
    await instance.environment.clock.sleep(RETRY_MS, over);
  }
}
