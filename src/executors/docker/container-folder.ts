import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type EntryKind, entryProgram } from './entry/entry-program.ts';

/** What the start of a container leaves on disk, in `home/run`. With the engine, it is all that finding it again needs. */
export interface ContainerFolder {
  readonly path: string;
  /** What is to be started, before anything is. */
  readonly record: string;
  /** Holds a byte from the moment the algorithm is about to run. */
  readonly claim: string;
  /** The container's first program. */
  readonly entry: string;
  /** A folder for what sessions in the container need; there it can't be changed. */
  readonly sessions: string;
}

export function containerFolder(home: string): ContainerFolder {
  const path = join(home, 'run');
  const inside = (name: string) => join(path, name);
  return {
    ...{ path, record: inside('container.json'), claim: inside('claim') },
    ...{ entry: inside('entry'), sessions: inside('sessions') },
  };
}

const containerRecord = z.object({
  /** The machine's run in which it is started. */
  bootId: z.string(),
  /** The container's name. */
  name: z.string(),
  /** Tells it from one of the same name that something else left behind. */
  token: z.string(),
});

export type ContainerRecord = z.infer<typeof containerRecord>;

export function readContainerRecord(folder: ContainerFolder): ContainerRecord | undefined {
  try {
    return containerRecord.parse(JSON.parse(readFileSync(folder.record, 'utf8')));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Lays out the folder. The record is whole or absent, and stands there after a power cut too. */
export function layOutContainerFolder(
  folder: ContainerFolder,
  record: ContainerRecord,
  kind: EntryKind,
): void {
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  writeFileSync(folder.entry, entryProgram(kind));
  // Modes are given apart, for a umask would cut them: a user of the image's own writes the claim too.
  chmodSync(folder.entry, 0o755);
  writeFileSync(folder.claim, '');
  chmodSync(folder.claim, 0o666);
  mkdirSync(folder.sessions, { recursive: true });
  chmodSync(folder.sessions, 0o755);
  const draft = `${folder.record}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(record), { mode: 0o600, flush: true });
  renameSync(draft, folder.record);
  for (const path of [folder.path, dirname(folder.path)]) sync(path);
}

/** Whether the algorithm has begun, or was about to. */
export function isClaimed(folder: ContainerFolder): boolean {
  return (statSync(folder.claim, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
