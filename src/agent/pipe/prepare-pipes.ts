import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DOWNLOAD_FAILED } from '../channels/channel.ts';
import type { Hook, Instance } from '../hook.ts';
import { inParallel } from '../in-parallel.ts';
import { withRetries } from '../retry.ts';
import { isTransient, transferFault } from '../storage-faults.ts';
import { makeFifos, showFifo } from './fifo.ts';
import { uriOf } from './object-bytes.ts';
import { pipeChannel, pipeChannelsOf, type RequestedPipe } from './pipe-channels.ts';
import { fifoName, type PipeFolder, pipeFolder } from './pipe-folder.ts';
import { type Item, type PipeObject, type Unit, writePlan } from './pipe-plan.ts';
import { unitsOfChannel } from './plan-units.ts';

/** Links that are made at a time. */
const WIDTH = 16;

/**
 * Makes all that the channels in Pipe mode need before the algorithm starts: the FIFO of epoch 0, and for the feeder a plan of what
 * goes through it, with the objects that can be pinned. An agent after a crash begins anew: nothing has been fed.
 */
export const preparePipes: Hook = {
  name: 'prepare the pipes',
  async run(instance, signal) {
    const pipes = pipeChannelsOf(instance.plan);
    if (pipes.length === 0) return;
    const folder = pipeFolder(instance.folder);
    await rm(folder.path, { recursive: true, force: true });
    for (const path of [folder.path, folder.plans, folder.pins, folder.fifos, folder.spool]) {
      await mkdir(path, { mode: 0o700 });
    }
    for (const pipe of pipes) await planPipe(pipe, folder, instance, signal);
    await makeFifos(
      folder.never,
      ...pipes.map(({ channel }) => join(folder.fifos, fifoName(channel.name, 0))),
    );
    for (const { channel } of pipes) await showFirst(fifoName(channel.name, 0), folder, instance);
  },
};

async function planPipe(
  pipe: RequestedPipe,
  folder: PipeFolder,
  instance: Instance,
  signal: AbortSignal,
): Promise<void> {
  const units = await unitsOfChannel(pipe, instance, signal);
  const pinned: Unit[] = [];
  await inParallel(units, WIDTH, signal, async (unit, number, stop) => {
    const items: Item[] = [];
    for (const [place, item] of unit.entries()) {
      const name = `${pipe.channel.name}.${number}.${place}`;
      items.push(typeof item === 'string' ? item : await pin(item, name, pipe, folder, instance, stop));
    }
    pinned[number] = items;
  });
  const plan = { ...pipeChannel(pipe, instance.plan), units: pinned };
  await writePlan(join(folder.plans, pipe.channel.name), plan);
}

/** The object with the names of its pins, where the store could give its files further ones. */
async function pin(
  object: PipeObject,
  name: string,
  { channel }: RequestedPipe,
  folder: PipeFolder,
  { environment: { storage, clock } }: Instance,
  signal: AbortSignal,
): Promise<PipeObject> {
  const listed = { ...object, lastModified: new Date(object.lastModified) };
  const path = join(folder.pins, name);
  const link = async () => storage.link?.(listed, path);
  try {
    const count = await withRetries(link, { clock, signal, mayRetry: isTransient });
    if (count === undefined) return object;
    return { ...object, pins: Array.from({ length: count }, (_, index) => `${name}.${index}`) };
  } catch (error) {
    signal.throwIfAborted();
    const where = `channel "${channel.name}", object "${uriOf(object)}"`;
    throw transferFault(`${DOWNLOAD_FAILED}${where}`, error);
  }
}

/** What an agent before a crash made is replaced. */
async function showFirst(name: string, folder: PipeFolder, { folder: { ml } }: Instance): Promise<void> {
  await rm(join(ml, 'input', 'data', name), { force: true });
  await showFifo(join(folder.fifos, name), ml, name);
}
