import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompanionHook } from './companion.ts';
import type { Instance } from './hook.ts';
import { removeTree } from './remove-tree.ts';

/** Where the algorithm sees the folder that the jobs of a warm pool share (training contract §4.6). */
export const CACHE_PATH = '/opt/ml/sagemaker/warmpoolcache';

/** Shows the persistent cache of the instance's warm pool: it is there as long as the pool is. */
export const mountCache: CompanionHook = {
  name: 'mount the cache of the warm pool',
  async start(instance) {
    const cache = cacheFolder(instance);
    if (cache === undefined) return undefined;
    await mkdir(cache, { recursive: true, mode: 0o755 });
    const mounts = [{ source: cache, target: CACHE_PATH, readOnly: false }];
    return { mounts, async finish() {}, abandon() {} };
  },
  async release(instance, keepsWarm) {
    const cache = cacheFolder(instance);
    if (cache !== undefined && !keepsWarm) await removeTree(cache);
  },
};

const cacheFolder = ({ plan, environment }: Instance): string | undefined =>
  plan.warmPool === undefined ? undefined : join(environment.folder, `pool-${plan.warmPool}-${plan.host}`);
