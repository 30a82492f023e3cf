import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** What the launch of an instance leaves on disk, in `home/run`. It is all that finding the algorithm again needs. */
export interface RunFolder {
  readonly path: string;
  /** What is to be launched, before anything is. */
  readonly record: string;
  /** Created by the one launch that goes on; says which process it is. */
  readonly claim: string;
  /** What the supervisor tells: a JSON document per line. */
  readonly status: string;
  /** bubblewrap's options, NUL-terminated. */
  readonly options: string;
  /** The program that launches it (`launcher/`). */
  readonly launcher: string;
  readonly hosts: string;
  /** What the instance's resolver is, where the machine's own can't be asked from its network. */
  readonly resolver: string;
  /** The passwords of an instance that has users of its own: nobody has one. */
  readonly passwords: string;
}

export function runFolder(home: string): RunFolder {
  const path = join(home, 'run');
  const inside = (name: string) => join(path, name);
  return {
    path,
    record: inside('launch.json'),
    claim: inside('claim'),
    status: inside('status.jsonl'),
    options: inside('options'),
    launcher: inside('launcher'),
    hosts: inside('hosts'),
    resolver: inside('resolv.conf'),
    passwords: inside('shadow'),
  };
}

const launchRecord = z.object({
  /** The machine's run in which it is launched. */
  bootId: z.string(),
  sandbox: z.enum(['bubblewrap', 'none']),
  /** Whether something in the sandbox says when the command starts. */
  saysStarted: z.boolean(),
  cgroups: z.array(z.string()).readonly(),
});

export type LaunchRecord = z.infer<typeof launchRecord>;

/** The launch that was recorded there; undefined when there was none. */
export function readRecord(folder: RunFolder): LaunchRecord | undefined {
  let text: string;
  try {
    text = readFileSync(folder.record, 'utf8');
  } catch {
    return undefined;
  }
  return launchRecord.parse(JSON.parse(text));
}

export function writeRecord(folder: RunFolder, record: LaunchRecord): void {
  replaceFile(folder.record, JSON.stringify(record));
}

/** Resolves when the record survives a power cut too: what may have run before one must not run again after it. */
export async function syncRecord(folder: RunFolder): Promise<void> {
  await Promise.all([folder.record, folder.path, dirname(folder.path)].map(sync));
}

export function makeRunFolder(folder: RunFolder): void {
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
}

/** Puts a small file in place as a whole: who reads it sees the old or the new content, never a part. */
export function replaceFile(path: string, content: string | Buffer, mode = 0o600): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content, { mode });
  renameSync(draft, path);
}

async function sync(path: string): Promise<void> {
  const file = await open(path);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
