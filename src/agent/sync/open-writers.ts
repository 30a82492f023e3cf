import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileId } from './signature.ts';

/** A file, by its path and by what it is. */
export interface Candidate {
  readonly path: string;
  readonly id: string;
}

/** Others get a turn after so many milliseconds. */
const TURN_MS = 5;
/** The bits of a descriptor's flags that say how it is open; 0 is for reading only. */
const ACCESS_MODE = 3;

/**
 * Ids of the files that a process other than this one has open for writing, as far as this one may see others' files (on Linux:
 * those of the same user, or all for root). A mapping whose file was closed is not seen.
 */
export async function openForWriting(candidates: readonly Candidate[]): Promise<ReadonlySet<string>> {
  const ids = new Set(candidates.map(({ id }) => id));
  const names = new Set(candidates.map(({ path }) => basename(path)));
  const found = new Set<string>();
  let turnStarted = performance.now();
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name) && name !== `${process.pid}`)) {
    for (const descriptor of list(`/proc/${pid}/fd`)) {
      // Its name is looked at first, for that can't wait for a file system that does not answer.
      if (!names.has(basename(target(`/proc/${pid}/fd/${descriptor}`)))) continue;
      const id = idOf(`/proc/${pid}/fd/${descriptor}`);
      if (id !== undefined && ids.has(id) && isWritable(pid, descriptor)) found.add(id);
    }
    if (performance.now() - turnStarted < TURN_MS) continue;
    await nextTurn();
    turnStarted = performance.now();
  }
  return found;
}

function list(folder: string): readonly string[] {
  return attempt(() => readdirSync(folder)) ?? [];
}

const target = (descriptor: string): string => attempt(() => readlinkSync(descriptor)) ?? '';

function idOf(descriptor: string): string | undefined {
  const stats = attempt(() => statSync(descriptor, { bigint: true }));
  return stats && fileId(stats);
}

function isWritable(pid: string, descriptor: string): boolean {
  const text = attempt(() => readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, 'utf8')) ?? '';
  const flags = /^flags:\s*([0-7]+)$/m.exec(text)?.[1] ?? '0';
  return (Number.parseInt(flags, 8) & ACCESS_MODE) !== 0;
}

/** A process and its descriptors may be gone at any moment, and another user's may not be looked at. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
