import { execFile } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';
import { type CgroupTree, findCgroupTree } from './cgroup-tree.ts';
import type { ProcessConfig } from './config.ts';
import { findProgram } from './find-program.ts';
import { type Limits, makeCgroups, removeCgroups } from './instance-cgroups.ts';
import { procOptions } from './proc-options.ts';
import { isolation, type SandboxAbilities } from './sandbox-options.ts';
import { firstOfRange, type UserRange, userRangeCommand } from './user-range.ts';

/** What this machine allows, found out by trying. */
export interface Machine {
  /** The path of `bwrap`; absent when sandboxes can't be made, or are not wanted. */
  readonly bubblewrap?: string;
  readonly abilities: SandboxAbilities;
  /** A sandbox can have a network of its own. */
  readonly networkIsolation: boolean;
  readonly cgroups?: CgroupTree;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Why no algorithm can run here. */
  readonly obstacles: readonly string[];
  /** What algorithms have to do without. */
  readonly shortcomings: readonly string[];
}

const NO_BUBBLEWRAP =
  'bubblewrap is not installed: apt-get install bubblewrap (Debian, Ubuntu), dnf install bubblewrap (Fedora, RHEL), ' +
  'pacman -S bubblewrap (Arch), zypper install bubblewrap (openSUSE), apk add bubblewrap (Alpine).';

export async function examineMachine(config: ProcessConfig): Promise<Machine> {
  const cgroups = await usableCgroups();
  const sandbox = config.sandbox === 'bubblewrap' ? await examineSandbox() : withoutSandbox();
  return {
    ...sandbox,
    ...(cgroups && { cgroups }),
    cores: availableParallelism(),
    memoryBytes: usableMemory(),
    shortcomings: [
      ...sandbox.shortcomings,
      ...(cgroups
        ? []
        : ['Limits of memory and processors are not enforced: no cgroup here may be written to.']),
    ],
  };
}

/** The limits that mean something here: an instance type that is larger than the machine has none. */
export function effectiveLimits(machine: Machine, { cpus, memoryBytes }: Limits): Limits {
  return {
    ...(cpus !== undefined && cpus < machine.cores && { cpus }),
    ...(memoryBytes !== undefined && memoryBytes < machine.memoryBytes && { memoryBytes }),
  };
}

type SandboxFacts = Pick<
  Machine,
  'bubblewrap' | 'abilities' | 'networkIsolation' | 'obstacles' | 'shortcomings'
>;

const ONE_USER =
  'MPI can’t reach other hosts by ssh: sandboxes have one user each, and others would need unshare of util-linux 2.36 or later, and ids beyond 65535.';

function withoutSandbox(): SandboxFacts {
  return {
    abilities: { userNamespaces: false, disableUserNamespaces: false },
    networkIsolation: false,
    obstacles: [],
    shortcomings: ['Jobs run without a sandbox, one at a time, and see all of this machine.'],
  };
}

/**
 * Ways to make a sandbox, the tightest first. bubblewrap can forbid user namespaces inside since 0.8, and not where it is
 * installed setuid; without any, it needs root.
 */
const CHOICES: readonly SandboxAbilities[] = [
  { userNamespaces: true, disableUserNamespaces: true },
  { userNamespaces: true, disableUserNamespaces: false },
  { userNamespaces: false, disableUserNamespaces: false },
];

async function examineSandbox(): Promise<SandboxFacts> {
  const bubblewrap = findProgram('bwrap');
  if (bubblewrap === undefined) return { ...withoutSandbox(), obstacles: [NO_BUBBLEWRAP], shortcomings: [] };
  let obstacle = '';
  for (const abilities of CHOICES) {
    if (!abilities.userNamespaces && process.getuid?.() !== 0) continue;
    const complaint = await trySandbox(bubblewrap, abilities, false);
    if (complaint === undefined) return sandboxFacts(bubblewrap, abilities);
    obstacle ||= `bubblewrap can't make a sandbox here (${complaint}). ${remedy()}`;
  }
  return { ...withoutSandbox(), bubblewrap, obstacles: [obstacle], shortcomings: [] };
}

async function sandboxFacts(bubblewrap: string, abilities: SandboxAbilities): Promise<SandboxFacts> {
  const [complaint, userRange] = await Promise.all([
    trySandbox(bubblewrap, abilities, true),
    abilities.userNamespaces ? usableRange(bubblewrap, abilities) : undefined,
  ]);
  return {
    bubblewrap,
    abilities: { ...abilities, ...(userRange && { userRange }) },
    networkIsolation: complaint === undefined,
    obstacles: [],
    shortcomings: [
      ...weaknesses(abilities),
      ...(complaint === undefined ? [] : [`Networks can't be isolated here (${complaint}).`]),
      ...(userRange || process.getuid?.() !== 0 ? [] : [ONE_USER]),
    ],
  };
}

/** The users that sandboxes can have besides their root: only root may give them. */
async function usableRange(bubblewrap: string, abilities: SandboxAbilities): Promise<UserRange | undefined> {
  const unshare = findProgram('unshare');
  const first = firstOfRange();
  if (process.getuid?.() !== 0 || unshare === undefined || first === undefined) return undefined;
  const userRange = { unshare, first };
  const complaint = await trySandbox(bubblewrap, { ...abilities, userRange }, false);
  return complaint === undefined ? userRange : undefined;
}

function weaknesses({ userNamespaces, disableUserNamespaces }: SandboxAbilities): readonly string[] {
  if (!userNamespaces) return ['Sandboxes have no user namespace: this machine allows none.'];
  if (!disableUserNamespaces)
    return ['Jobs can make user namespaces: bubblewrap 0.8 or later would forbid it.'];
  return [];
}

function remedy(): string {
  return (
    'Allow user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, ' +
    'kernel.apparmor_restrict_unprivileged_userns), or set the executor\'s "sandbox" to "none" inside a container.'
  );
}

/** Makes a sandbox that does nothing, with users where the abilities have some. Resolves with bubblewrap's complaint, if it has one. */
function trySandbox(
  bubblewrap: string,
  abilities: SandboxAbilities,
  networkIsolation: boolean,
): Promise<string | undefined> {
  const { userRange } = abilities;
  const facts = {
    hostname: 'algo-1',
    networkIsolation,
    hasNetwork: false,
    hasUsers: userRange !== undefined,
  };
  const [program = '', ...words] = [
    ...(userRange ? userRangeCommand(userRange) : []),
    bubblewrap,
    ...isolation({ abilities, ...facts }),
    ...['--ro-bind', '/', '/', '--proc', '/proc', ...procOptions(), '--dev', '/dev', '--tmpfs', '/tmp'],
    ...['--', '/bin/sh', '-c', ':'],
  ];
  return new Promise((resolve) => {
    execFile(program, words, { env: {}, cwd: '/', timeout: 30_000 }, (error, _output, complaint) => {
      if (!error) return resolve(undefined);
      resolve(
        complaint
          .trim()
          .split('\n')
          .at(-1)
          ?.replace(/^bwrap: /, '') || error.message,
      );
    });
  });
}

/** The cgroups that a process of ours can not only make but also move into. */
async function usableCgroups(): Promise<CgroupTree | undefined> {
  try {
    const tree = await findCgroupTree();
    if (!tree) return undefined;
    const trial = await makeCgroups(tree, `trial-${process.pid}-${trials++}`, {});
    try {
      return (await canJoin(trial)) ? tree : undefined;
    } finally {
      await removeCgroups(trial);
    }
  } catch {
    return undefined; // Half of what is needed can be written to: limits would be kept by luck.
  }
}

let trials = 0;

function canJoin(cgroups: readonly string[]): Promise<boolean> {
  const script = 'for cgroup; do echo $$ > "$cgroup/cgroup.procs" || exit 1; done';
  return new Promise((resolve) => {
    execFile('/bin/sh', ['-c', script, 'sh', ...cgroups], { env: {} }, (error) => resolve(!error));
  });
}

/** In bytes: what the machine has, or what our own cgroup leaves us of it. */
function usableMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(totalmem(), constrained) : totalmem();
}
