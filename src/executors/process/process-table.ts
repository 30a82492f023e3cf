import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';

/** A process of this machine, told apart from a later one with the same number by when it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In clock ticks since the machine started, as `/proc/<pid>/stat` has it. */
  readonly startTime: number;
}

export interface ProcessStat extends ProcessIdentity {
  /** One letter: `R`, `S`, `Z`, … */
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  readonly threads: number;
}

let knownBootId: string | undefined;

/** The machine's current run: another one after each restart. */
export function bootId(): string {
  knownBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return knownBootId;
}

/** Reads a line of `/proc/<pid>/stat`; undefined when it is not a whole one. */
export function parseStat(line: string): ProcessStat | undefined {
  // The program's name stands in parentheses and may hold spaces and parentheses itself.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const stat = {
    pid: Number.parseInt(line, 10),
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    session: Number(fields[3]),
    threads: Number(fields[17]),
    startTime: Number(fields[19]),
  };
  return Number.isInteger(stat.pid) && Number.isInteger(stat.startTime) ? stat : undefined;
}

/** The process with this number, if there is one that has not ended. A zombie has, unless only its first thread has. */
export function runningProcess(pid: number): ProcessStat | undefined {
  const line = read(`/proc/${pid}/stat`);
  const stat = line === undefined ? undefined : parseStat(line);
  const hasEnded = stat?.state === 'X' || (stat?.state === 'Z' && stat.threads <= 1);
  return hasEnded ? undefined : stat;
}

export function isRunning(identity: ProcessIdentity): boolean {
  return runningProcess(identity.pid)?.startTime === identity.startTime;
}

/** SIGKILL to a process, if it still runs. */
export function killProcess(identity: ProcessIdentity): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Whether a process is a running child of a running process. Nobody else has its number before its parent has let go of it. */
export function isChildOf(pid: number, parent: ProcessIdentity): boolean {
  return runningProcess(pid)?.parent === parent.pid && isRunning(parent);
}

/** The arguments that a process was started with; none when it can't be read or is gone. */
export function argumentsOf(pid: number): readonly string[] {
  return (read(`/proc/${pid}/cmdline`) ?? '').split('\0');
}

/**
 * What becomes of SIGTERM in a process. It has a handler; or it blocks the signal: to wait for it, as tini does, or for a moment, as a
 * shell does whenever it starts a program; or neither.
 */
export type Hearing = 'catches' | 'blocks' | 'deaf';

export function hearingOf(pid: number): Hearing {
  const status = read(`/proc/${pid}/status`) ?? '';
  const SIGTERM_BIT = 1n << 14n;
  const has = (field: string) => {
    const mask = new RegExp(`^${field}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1];
    return mask !== undefined && (BigInt(`0x${mask}`) & SIGTERM_BIT) !== 0n;
  };
  if (has('SigCgt')) return 'catches';
  return has('SigBlk') ? 'blocks' : 'deaf';
}

/** Whether SIGTERM may reach code of the process. */
export const handlesSigterm = (pid: number): boolean => hearingOf(pid) !== 'deaf';

/** Whether a process is the first one of a namespace of processes below ours. */
export function isFirstOfItsNamespace(pid: number): boolean {
  return /^NSpid:\t\d+\t(\d+\t)*1$/m.test(read(`/proc/${pid}/status`) ?? '');
}

/** The processes of a PID namespace, by its inode number. */
export function processesOfNamespace(pidNamespace: number): readonly number[] {
  return processes().filter((pid) => isInNamespace(pid, pidNamespace));
}

/** A zombie has a namespace too, and is one for ever where nobody is there to let go of orphans: it is not meant. */
export function isInNamespace(pid: number, pidNamespace: number): boolean {
  return linkOf(`/proc/${pid}/ns/pid`) === `pid:[${pidNamespace}]` && runningProcess(pid) !== undefined;
}

/**
 * The processes of the session that `leader` started, without itself. The kernel gives a session's number to no other process
 * as long as one of its processes lives, so a younger process with this session is of this one.
 */
export function processesOfSession(leader: ProcessIdentity): readonly number[] {
  return processes().filter((pid) => {
    const stat = pid === leader.pid ? undefined : runningProcess(pid);
    return stat !== undefined && stat.session === leader.pid && stat.startTime >= leader.startTime;
  });
}

/** The running processes whose standard error is a file, which must be an ordinary one. */
export function errorsGoTo(path: string): readonly ProcessStat[] {
  const file = realPathOfFile(path);
  if (file === undefined) return [];
  return processes()
    .filter((pid) => linkOf(`/proc/${pid}/fd/2`) === file)
    .flatMap((pid) => runningProcess(pid) ?? []);
}

function realPathOfFile(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? realpathSync.native(path) : undefined;
  } catch {
    return undefined;
  }
}

export function processes(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Undefined when the process is gone, or another user's. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
