import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

export interface MachineProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** All processes of the machine that can be looked at. */
async function processes(): Promise<MachineProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => look(pid).catch(() => undefined)));
  return found.filter((process) => process !== undefined);
}

/** Rejects when the process has ended meanwhile. */
async function look(pid: number): Promise<MachineProcess> {
  const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
  // `pid (name) state parent …`; the name may hold spaces and parentheses.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => '');
  return { pid, parent, command: `${command} ${folder}` };
}

/** The algorithm of a job: the innermost process that has the job's name among its arguments. */
export async function algorithmOf(job: string): Promise<MachineProcess | undefined> {
  const found = (await processes()).filter(({ command }) => command.includes(job));
  return found.find(({ pid }) => !found.some(({ parent }) => parent === pid));
}

/**
 * The processes around an algorithm of a job, from the innermost outwards: its sandbox and what watches over it. They are those of its
 * ancestors that name the job or the server's data directory, up to the server itself.
 */
export async function guardiansOf(
  algorithm: MachineProcess,
  job: string,
  dataDir: string,
  server: number | undefined,
): Promise<MachineProcess[]> {
  const byPid = new Map((await processes()).map((process) => [process.pid, process]));
  const guardians: MachineProcess[] = [];
  let next = byPid.get(algorithm.parent);
  while (next && next.pid !== server && (next.command.includes(job) || next.command.includes(dataDir))) {
    guardians.push(next);
    next = byPid.get(next.parent);
  }
  return guardians;
}

/** The algorithm of a Python job, once it is there: Training begins a moment before the algorithm's process can be seen. */
export async function algorithmRunning(job: string): Promise<MachineProcess> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const algorithm = await algorithmOf(job);
    if (algorithm && /^\S*python3 /.test(algorithm.command)) return algorithm;
    if (Date.now() > deadline) throw new Error(`no process of ${job} was found`);
    await delay(5);
  }
}

export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It went with another of them.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
