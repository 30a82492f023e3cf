import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isBeingSigned, readClaim } from './claim.ts';
import { type LaunchStatus, readStatus } from './launch-status.ts';
import { type Members, membersOf } from './members.ts';
import { bootId, errorsGoTo, isRunning, killProcess, type ProcessIdentity } from './process-table.ts';
import type { LaunchRecord, RunFolder } from './run-folder.ts';

/** How far a launch has come. Read from what stands on disk and from the process table, so that it needs no memory of ours. */
export type LaunchPhase =
  /** No launch has gone on yet. */
  | { readonly kind: 'unclaimed' }
  /** A launch goes on; the algorithm has not started. */
  | { readonly kind: 'starting' }
  | {
      readonly kind: 'running';
      readonly members: Members;
      /** Its end was told of, or brought about: it is about to be gone. */
      readonly isEnding: boolean;
    }
  /** The algorithm never started. */
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'vanished'; readonly detail: string };

export interface Launch {
  readonly folder: RunFolder;
  readonly record: LaunchRecord;
  readonly output: string;
}

const LAUNCH_ERRORS: Readonly<Record<string, string>> = {
  cgroup: 'the launch could not join its cgroup',
  overlay: "the image's private root could not be mounted",
  users: 'its namespace of users could not be made',
};

export function phaseOf(launch: Launch): LaunchPhase {
  const { folder, record } = launch;
  if (record.bootId !== bootId()) return afterRestart(readStatus(folder.status));
  const claim = readClaim(folder);
  if (claim.kind === 'none') return { kind: 'unclaimed' };
  if (claim.kind === 'unsigned') return unsigned(folder);
  // Asked before the status is read: what a supervisor that is gone has told, it has told by then.
  const supervised = isRunning(claim.launcher);
  const status = readStatus(folder.status);
  if (supervised) return whileSupervised(launch, claim.launcher, status);
  if (status.child === undefined && endUntold(launch)) return { kind: 'starting' };
  // Read anew: what nobody can add to any more is all that there is to know.
  return withoutSupervisor(launch, claim.launcher, readStatus(folder.status));
}

/**
 * Ends what a launch had started that was killed before it had told of it, such as a sandbox that waits for a word of its supervisor, for
 * ever. Whatever it has let go of, its errors go where the algorithm's output is to go. Says whether there was anybody.
 */
function endUntold({ output }: Launch): boolean {
  const untold = errorsGoTo(output);
  for (const process of untold) killProcess(process);
  return untold.length > 0;
}

function afterRestart(status: LaunchStatus): LaunchPhase {
  if (status.exitCode !== undefined) return { kind: 'exited', code: status.exitCode };
  return { kind: 'vanished', detail: 'the machine restarted' };
}

/** The claim is there, but not who made it: it writes its name at this moment, or was killed before it could. */
function unsigned(folder: RunFolder): LaunchPhase {
  if (isBeingSigned(folder) || readClaim(folder).kind === 'signed') return { kind: 'starting' };
  return { kind: 'failed', detail: 'the launch was killed, or the disk is full' };
}

/** The exit code counts when its supervisor is gone: until then the algorithm itself might have written it. */
function whileSupervised(launch: Launch, launcher: ProcessIdentity, status: LaunchStatus): LaunchPhase {
  const members = membersOf(launch.record, launcher, status);
  if (!members || !hasStarted(launch, status)) return { kind: 'starting' };
  return { kind: 'running', members, isEnding: status.exitCode !== undefined };
}

function withoutSupervisor(launch: Launch, launcher: ProcessIdentity, status: LaunchStatus): LaunchPhase {
  const members = membersOf(launch.record, launcher, status);
  // A sandbox ends with its first process, whose exit code is known. Else there may be processes that the algorithm left
  // behind, or all of it, when only its supervisor was killed.
  const endedWhole = status.exitCode !== undefined && launch.record.sandbox === 'bubblewrap';
  if (!endedWhole && members?.any()) return leftAlone(launch, members, status);
  if (status.exitCode !== undefined) return { kind: 'exited', code: status.exitCode };
  if (status.launchError !== undefined) {
    return { kind: 'failed', detail: LAUNCH_ERRORS[status.launchError] ?? status.launchError };
  }
  return withoutExitCode(launch, status);
}

/** What has ended or never began leaves nobody behind; what runs without its supervisor may go on. */
function leftAlone(launch: Launch, members: Members, status: LaunchStatus): LaunchPhase {
  const goesOn = hasStarted(launch, status) && status.exitCode === undefined;
  if (!goesOn) members.kill();
  return hasStarted(launch, status) ? { kind: 'running', members, isEnding: !goesOn } : { kind: 'starting' };
}

/** bubblewrap tells no exit code when it could not make the sandbox, or run the command in it: its last line says why. */
function withoutExitCode(launch: Launch, status: LaunchStatus): LaunchPhase {
  const complaint = status.started ? undefined : bubblewrapComplaint(launch.output);
  const missing = /^execvp .*: (.*)$/.exec(complaint ?? '')?.[1];
  if (missing !== undefined) return { kind: 'exited', code: missing.startsWith('No such file') ? 127 : 126 };
  if (complaint !== undefined) return { kind: 'failed', detail: complaint };
  if (!hasStarted(launch, status)) return { kind: 'failed', detail: 'its supervisor was killed' };
  return { kind: 'vanished', detail: 'its supervisor was killed' };
}

/** Where shells launch, an image without one can't say that its command started: that it is about to is all there is to know. */
function hasStarted({ record }: Launch, status: LaunchStatus): boolean {
  return record.saysStarted ? status.started : status.child !== undefined;
}

function bubblewrapComplaint(output: string): string | undefined {
  return /(?:^|\n)bwrap: ([^\n]*)\n?$/.exec(tail(output))?.[1];
}

function tail(path: string): string {
  const buffer = Buffer.alloc(4096);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const start = Math.max(0, fstatSync(file).size - buffer.length);
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, start));
  } finally {
    closeSync(file);
  }
}
