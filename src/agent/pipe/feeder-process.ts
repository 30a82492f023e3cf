import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type OpenFile, withOwnFiles } from '../../executors/process/inherited-files.ts';
import {
  argumentsOf,
  bootId,
  isRunning,
  type ProcessIdentity,
  parseStat,
  processes,
} from '../../executors/process/process-table.ts';
import { HOLDER } from './holder.ts';
import type { PipeFolder } from './pipe-folder.ts';

/** A thread of the feeder waits in each open and in each write: so many for each channel, and some for all. */
const THREADS_PER_CHANNEL = 16;
const MOST_THREADS = 1024;

const KILL_POLL_MS = 5;

/** How a feeder is doing. */
export type FeederPhase =
  /** None has signed the claim yet. */
  | 'unclaimed'
  | 'running'
  | 'gone'
  /** It was there before the machine restarted. */
  | 'of another boot';

export function feederPhase(folder: PipeFolder): FeederPhase {
  const claim = readClaim(folder);
  if (!claim) return 'unclaimed';
  if (claim.bootId !== bootId()) return 'of another boot';
  return isRunning(claim.feeder) ? 'running' : 'gone';
}

/** Starts a feeder that owes this process nothing: its own session, no pipe, none of our files. The claim tells whether it feeds. */
export function launchFeeder(folder: PipeFolder, ml: string, channels: number): ChildProcess {
  const threads = Math.min(MOST_THREADS, THREADS_PER_CHANNEL * (channels + 1));
  const files = (open: OpenFile) => {
    const log = open(folder.log, 'a');
    return ['ignore', log, log] as const;
  };
  const child = withOwnFiles(files, (stdio) =>
    spawn(process.execPath, [program(), folder.path, ml], {
      detached: true,
      stdio,
      cwd: '/',
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin', UV_THREADPOOL_SIZE: String(threads) },
    }),
  );
  child.unref();
  return child;
}

/** Ends the feeder and all that hold its pipes. Resolves when they are gone. */
export async function killFeeder(folder: PipeFolder): Promise<void> {
  for (let left = feederProcesses(folder); left.length > 0; left = feederProcesses(folder)) {
    for (const pid of left) kill(pid);
    await delay(KILL_POLL_MS);
  }
}

/** Also one that has not signed the claim yet, and holders whose feeder is gone: all have the folder among their arguments. */
function feederProcesses(folder: PipeFolder): readonly number[] {
  return processes().filter((pid) => {
    const words = argumentsOf(pid);
    return words.includes(folder.path) && (words.includes(HOLDER) || words.includes(program()));
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function readClaim(folder: PipeFolder): { bootId: string; feeder: ProcessIdentity } | undefined {
  let text: string;
  try {
    text = readFileSync(folder.claim, 'utf8');
  } catch {
    return undefined;
  }
  const [id = '', ...rest] = text.split(' ');
  const feeder = parseStat(rest.join(' '));
  return feeder && { bootId: id, feeder };
}

/** Beside this file, whether it is a source or built. */
function program(): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return fileURLToPath(new URL(`./feeder-program.${extension}`, import.meta.url));
}
