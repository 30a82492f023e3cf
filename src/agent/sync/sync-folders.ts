import type { JobFault } from '../../training/fault.ts';
import type { Companion, CompanionHook } from '../companion.ts';
import type { Hook, Instance } from '../hook.ts';
import type { Artifacts } from '../instance-agent.ts';
import { transferFault } from '../storage-faults.ts';
import { type OpenSync, openSyncs } from './open-syncs.ts';

/** What each agent has open for its instance, and what its last flush could not bring to S3. */
const opened = new WeakMap<Instance, Promise<readonly OpenSync[]>>();
const faults = new WeakMap<Instance, JobFault>();

/** Keeps the synced folders in S3 while the algorithm runs. */
export const syncFolders: CompanionHook = {
  name: 'sync folders',
  async start(instance): Promise<Companion | undefined> {
    const syncs = await syncsOf(instance);
    if (syncs.length === 0) return undefined;
    for (const { sync } of syncs) sync.watch();
    return {
      mounts: syncs.flatMap(({ folder }) => folder.mount ?? []),
      // The last flush begins now, but it is waited for in the next phase: the training is over.
      finish: async () => {
        for (const { sync } of syncs) sync.flush().catch((error) => instance.environment.log(`${error}`));
      },
      abandon: () => {
        for (const { sync } of syncs) void sync.close();
      },
    };
  },
  release: async (instance) => {
    const syncs = (await opened.get(instance)) ?? [];
    await Promise.all(syncs.map(({ sync }) => sync.close()));
  },
};

/** The last flush. What it could not bring to S3 is told by `tellUnsynced`, for the artifacts must be stored in any case. */
export const flushFolders: Hook<Artifacts> = {
  name: 'sync folders to the end',
  async run(instance, signal) {
    const syncs = await syncsOf(instance);
    const close = () => Promise.all(syncs.map(({ sync }) => sync.close()));
    signal.addEventListener('abort', close, { once: true });
    faults.delete(instance);
    try {
      const [fault] = (await Promise.all(syncs.map((each) => flush(each, instance)))).filter(Boolean);
      if (fault) faults.set(instance, fault);
    } finally {
      signal.removeEventListener('abort', close);
      opened.delete(instance);
      await close();
    }
    return {};
  },
};

/** A job whose folders are not whole in S3 has not completed. */
export const tellUnsynced: Hook<Artifacts> = {
  name: 'check that folders are synced',
  async run(instance) {
    const fault = faults.get(instance);
    if (fault) throw fault;
    return {};
  },
};

/** Opened once for an agent: by its companion, or by the flush where the algorithm had ended before this agent was there. */
function syncsOf(instance: Instance): Promise<readonly OpenSync[]> {
  const known = opened.get(instance);
  if (known) return known;
  const syncs = openSyncs(instance);
  opened.set(instance, syncs);
  syncs.catch(() => opened.delete(instance));
  return syncs;
}

async function flush({ folder, sync }: OpenSync, instance: Instance): Promise<JobFault | undefined> {
  const missing = await sync.flush();
  if (!missing) return undefined;
  const { files, path, error } = missing;
  const others = files > 1 ? ` and ${files - 1} more` : '';
  const to = `s3://${folder.bucket}/${folder.prefix}`;
  const fault = transferFault(`${folder.shownAs}/${path}${others} could not be synced to ${to}`, error);
  instance.say(fault.message);
  return fault;
}
