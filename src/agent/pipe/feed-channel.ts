import { close, open, write } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { epochBytes } from './epoch-bytes.ts';
import { makeFifos, showFifo } from './fifo.ts';
import { Holder } from './holder.ts';
import { fifoName, type PipeFolder } from './pipe-folder.ts';
import type { PipePlan } from './pipe-plan.ts';
import type { Spool } from './spool.ts';

// Numbers instead of handles: the garbage collection must never close a FIFO that a reader waits at.
const opening = promisify(open);
const closing = promisify(close);
const writing = promisify(write);

export interface Feeding {
  readonly folder: PipeFolder;
  readonly ml: string;
  readonly spool: Spool;
  log(line: string): void;
}

/**
 * Feeds a channel, epoch after epoch, for as many as are opened (training contract §2.6). Never resolves but where the algorithm took
 * the next FIFO's place away. A rejection leaves the FIFO open: its reader waits, and does not take what it got for all there is.
 */
export async function feedChannel(plan: PipePlan, feeding: Feeding): Promise<void> {
  const active = new Set<Promise<void>>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {}); // It may fail while nobody waits for it.
  let epoch = 0;
  let shown = true;
  while (shown) {
    const fifo = join(feeding.folder.fifos, fifoName(plan.name, epoch));
    const next = fifoName(plan.name, epoch + 1);
    await makeFifos(join(feeding.folder.fifos, next));
    const opened = await Promise.race([opening(fifo, 'w'), failed.promise]);
    shown = await show(next, feeding);
    const fed = feedEpoch(plan, epoch, opened, feeding);
    active.add(fed);
    fed.then(() => {
      active.delete(fed);
      return rm(fifo, { force: true });
    }, failed.reject);
    epoch += 1;
  }
  await Promise.race([Promise.all(active), failed.promise]);
}

/** The next epoch's FIFO is there as soon as this one was opened. Resolves with whether it is. */
async function show(name: string, { folder, ml, log }: Feeding): Promise<boolean> {
  try {
    await showFifo(join(folder.fifos, name), ml, name);
    return true;
  } catch (error) {
    log(`${name} was not made: ${error}`);
    return false;
  }
}

async function feedEpoch(plan: PipePlan, epoch: number, fifo: number, feeding: Feeding): Promise<void> {
  const { folder, spool } = feeding;
  const holder = new Holder(fifo, folder.never, folder.path);
  await pump(epochBytes(plan, epoch, { pins: folder.pins, spool }), fifo);
  await closing(fifo);
  holder.release();
}

/** Writes chunks, each while the next one is being made. Resolves also when the reader had enough: it closed early. */
async function pump(chunks: AsyncIterable<Buffer>, fifo: number): Promise<void> {
  let written: Promise<boolean> = Promise.resolve(true);
  for await (const chunk of chunks) {
    if (!(await written)) return;
    written = writeFully(fifo, chunk);
    written.catch(() => {}); // The next turn hears of it.
  }
  await written;
}

/** Resolves with whether the reader is still there. */
async function writeFully(fifo: number, chunk: Buffer): Promise<boolean> {
  try {
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await writing(fifo, chunk, done, chunk.length - done, null);
      done += bytesWritten;
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return false;
    throw error;
  }
}
