import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Usage } from '../runtime.ts';
import { kernelUnits } from './kernel-units.ts';

/** A process at one moment, with what it and those of its children that it has waited for have used. */
interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  readonly cpuTicks: number;
  readonly residentPages: number;
}

/** Processes of this machine at one moment. */
export class ProcessSnapshot {
  readonly #processes: readonly Process[];
  readonly #children = new Map<number, Process[]>();

  private constructor(processes: readonly Process[]) {
    this.#processes = processes;
    for (const each of processes) {
      const siblings = this.#children.get(each.parent);
      if (siblings) siblings.push(each);
      else this.#children.set(each.parent, [each]);
    }
  }

  /** Of the processes in a cgroup, which are few; without one, of all. */
  static take(cgroup?: string): ProcessSnapshot {
    const members = cgroup === undefined ? undefined : read(join(cgroup, 'cgroup.procs'));
    if (members === undefined) return ProcessSnapshot.#takeOfAll();
    return new ProcessSnapshot(readProcesses(members.split('\n')));
  }

  /** One read of each process serves all who ask at the same time. */
  static #takeOfAll(): ProcessSnapshot {
    if (!current) {
      current = new ProcessSnapshot(readProcesses(readdirSync('/proc')));
      setImmediate(() => {
        current = undefined;
      }).unref();
    }
    return current;
  }

  /** The use of a process and all below it. The first of a PID namespace has all others of it below it. */
  usageOfTree(first: number): Usage | undefined {
    const found = this.#processes.filter(({ pid }) => pid === first);
    for (const each of found) found.push(...(this.#children.get(each.pid) ?? []));
    return usageOf(found);
  }

  /** The use of the processes of a session, but for the one that started it. */
  usageOfSession(session: number): Usage | undefined {
    return usageOf(this.#processes.filter((each) => each.session === session && each.pid !== session));
  }
}

let current: ProcessSnapshot | undefined;

function readProcesses(names: readonly string[]): readonly Process[] {
  const processes: Process[] = [];
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue;
    const line = read(`/proc/${name}/stat`);
    const found = line === undefined ? undefined : parse(line);
    if (found) processes.push(found);
  }
  return processes;
}

function parse(line: string): Process | undefined {
  // The program's name stands in parentheses and may hold spaces and parentheses itself.
  const fields = line
    .slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0, , session = 0] = fields;
  const cpuTicks = fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0);
  const [residentPages = 0] = fields.slice(21, 22);
  const pid = Number.parseInt(line, 10);
  return Number.isFinite(cpuTicks) ? { pid, parent, session, cpuTicks, residentPages } : undefined;
}

/** Memory that processes share counts for each: more than there is, never less. */
function usageOf(processes: readonly Process[]): Usage | undefined {
  if (processes.length === 0) return undefined;
  let [cpuTicks, residentPages] = [0, 0];
  for (const each of processes) {
    cpuTicks += each.cpuTicks;
    residentPages += each.residentPages;
  }
  const { pageBytes, ticksASecond } = kernelUnits();
  return {
    cpuSeconds: cpuTicks / ticksASecond,
    memoryBytes: residentPages * pageBytes,
    ...diskUsage(processes),
  };
}

/** Absent where the kernel does not let us see it of every process. */
function diskUsage(processes: readonly Process[]): Pick<Usage, 'readBytes' | 'writtenBytes'> {
  let [readBytes, writtenBytes] = [0, 0];
  for (const { pid } of processes) {
    const text = read(`/proc/${pid}/io`);
    const [, fromDisk, toDisk] = /^read_bytes: (\d+)\nwrite_bytes: (\d+)/m.exec(text ?? '') ?? [];
    if (fromDisk === undefined || toDisk === undefined) return {};
    readBytes += Number(fromDisk);
    writtenBytes += Number(toDisk);
  }
  return { readBytes, writtenBytes };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // gone, or another user's
  }
}
