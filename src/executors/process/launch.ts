import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type Algorithm, RuntimeFault } from '../runtime.ts';
import type { StandByShell } from '../shell/stand-by-shell.ts';
import type { ProcessConfig } from './config.ts';
import { gpuOptions } from './gpu-devices.ts';
import { commandOf, environmentOf, hasShell, type Image } from './image.ts';
import { type OpenFile, withOwnFiles } from './inherited-files.ts';
import { cgroupOptions, makeCgroups, removeCgroups } from './instance-cgroups.ts';
import {
  LAUNCH_PLAIN,
  LAUNCH_SANDBOX,
  LAUNCH_SANDBOX_WITHOUT_SHELL,
  LAUNCHER,
  START_COMMAND,
} from './launch-script.ts';
import { needlessMounts, sourcesOf } from './launcher/needless-mounts.ts';
import { BEGIN, layLauncher, type OwnLauncher, ownLaunch } from './launcher/own-launcher.ts';
import { effectiveLimits, type Machine } from './machine.ts';
import { bringImageMl, linkMl } from './ml-folder.ts';
import { enterNetwork, resolverWithin } from './network/enter-network.ts';
import { linkMounts, plainMountRefusal } from './plain-mounts.ts';
import { layOutPrivateRoot, privateRootCommand } from './private-root.ts';
import { bootId } from './process-table.ts';
import { realPath } from './real-path.ts';
import { type LaunchRecord, type RunFolder, replaceFile } from './run-folder.ts';
import { encodeOptions, sandboxOptions } from './sandbox-options.ts';
import { scriptMounts } from './script-image.ts';
import { type UserRange, userRangeCommand } from './user-range.ts';

/** Root may log in, but by no password. */
const NO_PASSWORD = 'root:*:::::::\n';

/** What one launch is made with. */
export interface LaunchContext {
  readonly config: ProcessConfig;
  readonly machine: Machine;
  readonly algorithm: Algorithm;
  readonly image: Image;
  /** Absent: shells do its work. */
  readonly launcher?: OwnLauncher | undefined;
  /** The `unshare` that private roots are made with (`private-root.ts`); absent: images are shown read-only. */
  readonly unshare?: string | undefined;
  readonly folder: RunFolder;
  /** Folders that no sandbox shows. */
  readonly hidden: readonly string[];
  readonly privatePaths: readonly string[];
  /** Where an algorithm without a sandbox finds its folder. */
  readonly mlLink: string;
}

/** A launch that only needs to be recorded and then spawned. */
export interface PreparedLaunch {
  readonly record: LaunchRecord;
  /** The launch itself, with all that it becomes. */
  readonly command: readonly string[];
  /** It hears all signals by itself. */
  readonly hears: boolean;
  /** Without a sandbox: the launch's own environment and folder. */
  readonly environment: Readonly<Record<string, string>>;
  readonly workdir: string;
}

/** Lays out everything on disk that a launch needs. Doing it again changes nothing for a launch that is under way. */
export async function prepareLaunch(context: LaunchContext): Promise<PreparedLaunch> {
  const { machine, algorithm, image } = context;
  const environment = environmentOf(image, algorithm);
  const command = commandOf(image, algorithm, context.config.sandbox);
  if (command.some((word) => word.includes('\0'))) {
    throw new RuntimeFault('client', 'The command holds a NUL character.');
  }
  await bringImageMl(image, algorithm.mlRoot);
  const cgroups = machine.cgroups
    ? await makeCgroups(machine.cgroups, cgroupName(algorithm), effectiveLimits(machine, algorithm))
    : [];
  const record = { bootId: bootId(), sandbox: context.config.sandbox, cgroups };
  try {
    const prepare = context.config.sandbox === 'none' ? preparePlain : prepareSandbox;
    return await prepare(context, record, environment, command);
  } catch (fault) {
    await removeCgroups(cgroups);
    throw fault;
  }
}

async function prepareSandbox(
  context: LaunchContext,
  record: Omit<LaunchRecord, 'saysStarted'>,
  environment: Readonly<Record<string, string>>,
  command: readonly string[],
): Promise<PreparedLaunch> {
  const { machine, algorithm, image, launcher, unshare, folder, hidden, privatePaths } = context;
  const { bubblewrap } = machine;
  if (bubblewrap === undefined) throw new RuntimeFault('internal', 'There is no bubblewrap on this machine.');
  if (algorithm.networkIsolation && algorithm.network === undefined && !machine.networkIsolation) {
    throw new RuntimeFault(
      'internal',
      `This machine can't isolate networks: ${machine.shortcomings.join(' ')}`,
    );
  }
  const shell = hasShell(image);
  const saysStarted = launcher !== undefined || shell;
  const users = shell ? usersFor(machine, algorithm, image) : undefined;
  const root = image.user && unshare !== undefined ? layOutPrivateRoot(folder.path, image.root) : undefined;
  replaceFile(folder.hosts, hostsFile(algorithm), 0o644);
  if (users) replaceFile(folder.passwords, NO_PASSWORD);
  const resolver = resolverWithin(algorithm);
  if (resolver !== undefined) replaceFile(folder.resolver, resolver, 0o644);
  const options = sandboxOptions({
    image,
    ...(root && { merged: root.merged }),
    mlRoot: algorithm.mlRoot,
    mounts: [...scriptMounts(image), ...(algorithm.mounts ?? [])],
    hosts: folder.hosts,
    hostname: algorithm.hostname,
    networkIsolation: algorithm.networkIsolation,
    hasNetwork: algorithm.network !== undefined,
    hasUsers: users !== undefined,
    passwords: folder.passwords,
    ...(resolver !== undefined && { resolver: folder.resolver }),
    environment,
    hidden,
    privatePaths,
    extra: [
      ...(machine.cgroups ? cgroupOptions(machine.cgroups, record.cgroups) : []),
      ...gpuOptions(algorithm.gpus),
    ],
    abilities: machine.abilities,
  });
  replaceFile(folder.options, encodeOptions(options));
  if (launcher) layLauncher(folder, launcher);
  const surrounded = [
    ...enterNetwork(algorithm.network),
    ...(root && unshare !== undefined ? privateRootCommand(unshare, root.folder) : []),
    ...(users ? userRangeCommand(users) : []),
  ];
  const sandboxed = [
    ...surrounded,
    ...[bubblewrap, '--json-status-fd', '3', '--args', '4', '--'],
    ...begun(launcher, shell, command),
  ];
  return {
    record: { ...record, saysStarted },
    command: launcher
      ? ownLaunch(folder, {
          cgroups: record.cgroups,
          needless: surrounded.length === 0 ? needlessOf(context, options) : [],
          command: sandboxed,
        })
      : shellLaunch(
          folder,
          saysStarted ? LAUNCH_SANDBOX : LAUNCH_SANDBOX_WITHOUT_SHELL,
          record.cgroups,
          sandboxed,
        ),
    hears: launcher !== undefined,
    // The job's environment must not reach bubblewrap itself: LD_PRELOAD in it would act outside of the sandbox.
    environment: {},
    workdir: '/',
  };
}

/** The command, with what says in the sandbox that it begins. */
function begun(
  launcher: OwnLauncher | undefined,
  shell: boolean,
  command: readonly string[],
): readonly string[] {
  if (launcher) return [...BEGIN, ...command];
  return shell ? ['/bin/sh', '-c', START_COMMAND, 'sh', ...command] : command;
}

/** The mounts that can be forgotten for a job of this machine's own files; others show folders that links may lead to. */
function needlessOf(
  { machine, algorithm, image, folder }: LaunchContext,
  options: readonly string[],
): readonly string[] {
  const isPlain = image.root === '/' && image.binds.length === 0 && !algorithm.mounts?.length;
  if (!isPlain || realPath('/opt') !== '/opt') return [];
  const own = [algorithm.mlRoot, folder.path].map((path) => realPath(path) ?? path);
  return needlessMounts([...sourcesOf(options), ...own], machine.cgroups ? ['/sys/fs/cgroup'] : []);
}

/**
 * The users of an instance besides its root. On this machine's own files only a job of several instances has a need of them, for the SSH
 * daemon by which MPI reaches its hosts; all others are spared the capabilities and the milliseconds.
 */
function usersFor(
  { abilities }: Machine,
  { network, hosts }: Algorithm,
  { user }: Image,
): UserRange | undefined {
  const isCluster = network !== undefined && hosts.length > 1;
  return user?.uid === 0 || (user === undefined && isCluster) ? abilities.userRange : undefined;
}

async function preparePlain(
  { algorithm, image, folder, mlLink }: LaunchContext,
  record: Omit<LaunchRecord, 'saysStarted'>,
  environment: Readonly<Record<string, string>>,
  command: readonly string[],
): Promise<PreparedLaunch> {
  const refuse = (what: string) => {
    throw new RuntimeFault(
      'internal',
      `Without a sandbox ${what}. The executor's setting "sandbox" is "none".`,
    );
  };
  if (image.root !== '/') refuse('only images whose root is "/" can run');
  const mounts = algorithm.mounts ?? [];
  for (const mount of mounts) {
    const why = plainMountRefusal(mount);
    if (why !== undefined) refuse(why);
  }
  if (algorithm.network !== undefined) refuse('a network of the instance’s own can not be joined');
  if (algorithm.networkIsolation) refuse('a network can not be isolated');
  if (algorithm.hosts.some(({ name }) => name !== algorithm.hostname))
    refuse('a job can not have several hosts');
  await linkMl(mlLink, algorithm.mlRoot);
  await linkMounts(mounts, algorithm.mlRoot);
  return {
    record: { ...record, saysStarted: true },
    command: shellLaunch(folder, LAUNCH_PLAIN, record.cgroups, command),
    hears: false,
    environment: { ...environment, CUDA_VISIBLE_DEVICES: algorithm.gpus.join(',') },
    workdir: image.workdir,
  };
}

/**
 * Starts the launch as a process of its own that owes nothing to this one: no pipe, none of our files, in whose place `/dev/null` is.
 * Whether it goes on is told by the claim. Resolves with its number; it may have ended by then.
 */
export function startLaunch(
  context: LaunchContext,
  prepared: PreparedLaunch,
  shell: StandByShell,
): Promise<number> {
  return prepared.record.sandbox === 'none'
    ? spawnLaunch(context, prepared)
    : shell.start({
        command: prepared.command,
        hears: prepared.hears,
        output: context.algorithm.output,
        status: context.folder.status,
      });
}

/** Without a sandbox it gets the algorithm's environment, which must not stand in a list of processes, and a session of its own. */
async function spawnLaunch(context: LaunchContext, prepared: PreparedLaunch): Promise<number> {
  const { folder, algorithm } = context;
  const [program = '', ...words] = prepared.command;
  const files = (open: OpenFile) => {
    const output = open(algorithm.output, 'a');
    return ['ignore', output, output, open(folder.status, 'a')] as const;
  };
  const child = withOwnFiles(files, (stdio) =>
    spawn(program, words, { detached: true, stdio, env: prepared.environment, cwd: prepared.workdir }),
  );
  child.unref();
  if (child.pid === undefined) await once(child, 'spawn'); // Rejects with what kept it from being started.
  return child.pid ?? 0;
}

function shellLaunch(
  { path }: RunFolder,
  script: string,
  cgroups: readonly string[],
  command: readonly string[],
): readonly string[] {
  return ['/bin/sh', '-c', script, LAUNCHER, path, ...cgroups, '--', ...command];
}

/** Names of instances are unique in one service, of which a machine may have several. */
function cgroupName({ id, home }: Algorithm): string {
  if (!/^[\w-][\w.-]*$/.test(id)) throw new RuntimeFault('internal', `An instance can't be named "${id}".`);
  return `${id}-${createHash('sha256').update(home).digest('hex').slice(0, 8)}`;
}

function hostsFile({ hosts, hostname }: Algorithm): string {
  const known = hosts.some(({ name }) => name === hostname)
    ? hosts
    : [...hosts, { address: '127.0.0.1', name: hostname }];
  const lines = [
    '127.0.0.1 localhost',
    '::1 localhost ip6-localhost ip6-loopback',
    ...known.map(({ address, name }) => `${address} ${name}`),
  ];
  return `${lines.join('\n')}\n`;
}
