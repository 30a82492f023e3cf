import type { JobFault } from '../../training/fault.ts';
import type { Companion, CompanionHook } from '../companion.ts';
import type { Hook, Instance } from '../hook.ts';
import type { Artifacts } from '../instance-agent.ts';
import { transferFault } from '../storage-faults.ts';
import { type OpenSync, openSyncs } from './open-syncs.ts';

interface Opened {
  syncs: readonly OpenSync[];
  /** Resolves when nothing is being opened any more. */
  turn: Promise<unknown>;
}

/** What each agent has open for its instance, and what its last flush could not bring to S3. */
const opened = new WeakMap<Instance, Opened>();
const faults = new WeakMap<Instance, JobFault>();

/** Keeps the synced folders in S3 while the algorithm runs. */
export const syncFolders: CompanionHook = {
  name: 'sync folders',
  async start(instance): Promise<Companion> {
    let isOver = false;
    const watch = async () => {
      const syncs = await syncsOf(instance);
      if (!isOver) for (const { sync } of syncs) sync.watch();
      return syncs;
    };
    const { log } = instance.environment;
    const mounts = (await watch()).flatMap(({ folder }) => folder.mount ?? []);
    return {
      mounts,
      // A profiler that was not there before writes to folders of its own.
      profilerChanged: () => void watch().catch((error) => log(`${instance.plan.jobName}: ${error}`)),
      // The last flush begins now, but it is waited for in the next phase: the training is over.
      finish: async () => {
        isOver = true;
        for (const { sync } of await syncsOf(instance)) sync.flush().catch((error) => log(`${error}`));
      },
      abandon: () => {
        isOver = true;
        void closeOpened(instance);
      },
    };
  },
  release: closeOpened,
};

/** The last flush. What it could not bring to S3 is told by `tellUnsynced`, for the artifacts must be stored in any case. */
export const flushFolders: Hook<Artifacts> = {
  name: 'sync folders to the end',
  async run(instance, signal) {
    const syncs = await syncsOf(instance);
    const closeAll = () => close(syncs);
    signal.addEventListener('abort', closeAll, { once: true });
    faults.delete(instance);
    try {
      const [fault] = (await Promise.all(syncs.map((each) => flush(each, instance)))).filter(Boolean);
      if (fault) faults.set(instance, fault);
    } finally {
      signal.removeEventListener('abort', closeAll);
      opened.delete(instance);
      await closeAll();
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

/**
 * Each opened once for an agent: by its companion, or by the flush where the algorithm had ended before this agent was there. A
 * profiler that is switched on adds to them.
 */
function syncsOf(instance: Instance): Promise<readonly OpenSync[]> {
  const held = opened.get(instance) ?? { syncs: [], turn: Promise.resolve() };
  opened.set(instance, held);
  const syncs = held.turn.then(async () => {
    held.syncs = await openSyncs(instance, held.syncs);
    return held.syncs;
  });
  held.turn = syncs.catch(() => {});
  return syncs;
}

/** What is open or just being opened is closed. */
async function closeOpened(instance: Instance): Promise<void> {
  const held = opened.get(instance);
  await held?.turn;
  await close(held?.syncs ?? []);
}

async function close(syncs: readonly OpenSync[]): Promise<void> {
  await Promise.all(syncs.map(({ sync }) => sync.close()));
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
