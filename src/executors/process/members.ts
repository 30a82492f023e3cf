import type { Usage } from '../runtime.ts';
import { networkUsage } from '../usage/network-usage.ts';
import { ProcessSnapshot } from '../usage/process-snapshot.ts';
import type { LaunchStatus } from './launch-status.ts';
import {
  type Hearing,
  handlesSigterm,
  hearingOf,
  isChildOf,
  isInNamespace,
  type ProcessIdentity,
  processesOfNamespace,
  processesOfSession,
} from './process-table.ts';
import type { LaunchRecord } from './run-folder.ts';

/** The processes of one algorithm. */
export interface Members {
  /** Whether any runs. */
  any(): boolean;
  /** What becomes of SIGTERM in process 1. */
  hearing(): Hearing;
  /** SIGTERM to process 1, and where that does not catch it, to everyone. */
  terminate(): void;
  /** SIGKILL to all. */
  kill(): void;
  /** What they have used. Undefined when none runs. */
  usage(): Usage | undefined;
}

/** How an algorithm's processes are told from all others; undefined as long as there are none. */
export function membersOf(
  record: LaunchRecord,
  launcher: ProcessIdentity,
  { child, pidNamespace }: LaunchStatus,
): Members | undefined {
  if (child === undefined) return undefined;
  // Each of its cgroups has the same members.
  const [cgroup] = record.cgroups;
  if (record.sandbox === 'none') return sessionMembers(launcher, child, cgroup);
  return pidNamespace === undefined ? undefined : namespaceMembers(launcher, child, pidNamespace, cgroup);
}

/** In a sandbox they share a PID namespace, and the kernel ends them all with process 1. */
function namespaceMembers(
  supervisor: ProcessIdentity,
  first: number,
  pidNamespace: number,
  cgroup?: string,
): Members {
  const all = () => processesOfNamespace(pidNamespace);
  // A program may hide its namespaces from us, but not whose child it is; its supervisor may be gone, but not its namespace.
  const isOurs = () => isChildOf(first, supervisor) || isInNamespace(first, pidNamespace);
  return {
    any: () => isOurs() || all().length > 0,
    hearing: () => (isOurs() ? hearingOf(first) : 'deaf'),
    terminate() {
      if (!isOurs()) return;
      // Process 1 of a namespace gets no signal that it has no handler for, not even one that would end others.
      signal(handlesSigterm(first) ? [first] : all(), 'SIGTERM');
    },
    kill() {
      if (isOurs()) signal([first], 'SIGKILL');
    },
    usage() {
      const used = ProcessSnapshot.take(cgroup).usageOfTree(first);
      return used && isOurs() ? { ...used, ...networkUsage(first) } : undefined;
    },
  };
}

/** Without one they share the session that their supervisor, who is not one of them, started. */
function sessionMembers(supervisor: ProcessIdentity, first: number, cgroup?: string): Members {
  const all = () => processesOfSession(supervisor);
  return {
    any: () => all().length > 0,
    hearing: () => hearingOf(first),
    terminate() {
      const everyone = all();
      const others = everyone.filter((pid) => pid !== first);
      // A shell that waits for the script that it started would leave it behind: it ends when the script does.
      const chosen =
        others.length && !handlesSigterm(first) ? others : everyone.filter((pid) => pid === first);
      signal(chosen, 'SIGTERM');
    },
    kill: () => signal(all(), 'SIGKILL'),
    usage: () => ProcessSnapshot.take(cgroup).usageOfSession(supervisor.pid),
  };
}

function signal(pids: readonly number[], name: 'SIGTERM' | 'SIGKILL'): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended by itself.
    }
  }
}
