import { join } from 'node:path';
import type { InstanceFolder } from '../instance-folder.ts';

/** Where the pipes of an instance keep what they need, out of the algorithm's sight. */
export interface PipeFolder {
  readonly path: string;
  /** The plan of each channel, by its name. */
  readonly plans: string;
  /** Further names of the objects' own files. */
  readonly pins: string;
  /** The FIFOs by names that the algorithm can't change. */
  readonly fifos: string;
  /** Where the feeder asks for what is not pinned, and finds it. */
  readonly spool: string;
  /** Who feeds the pipes. Whoever makes this file is the only one. */
  readonly claim: string;
  /** Why the pipes can't be fed any further. */
  readonly fault: string;
  /** The algorithm has ended: there is nothing to feed any more. */
  readonly ended: string;
  /** The feeder's own output. */
  readonly log: string;
  /** A FIFO that nobody ever writes to. */
  readonly never: string;
}

export const pipeFolder = ({ home }: InstanceFolder): PipeFolder => pipeFolderAt(join(home, 'pipe'));

export function pipeFolderAt(path: string): PipeFolder {
  return {
    path,
    plans: join(path, 'plans'),
    pins: join(path, 'pins'),
    fifos: join(path, 'fifos'),
    spool: join(path, 'spool'),
    claim: join(path, 'claim'),
    fault: join(path, 'fault.json'),
    ended: join(path, 'ended'),
    log: join(path, 'feeder.log'),
    never: join(path, 'never'),
  };
}

/** The name of an epoch's FIFO (training contract §2.6). */
export const fifoName = (channel: string, epoch: number): string => `${channel}_${epoch}`;
