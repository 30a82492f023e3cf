import type { CreateTrainingJobRequest } from '../model/types.generated.ts';
import { hasProfile } from './profiling.ts';

/** Where an algorithm finds a synced folder when the request does not say (training contract §1.3, §3.4, §9). */
const DEFAULTS = {
  CheckpointConfig: '/opt/ml/checkpoints',
  TensorBoardOutputConfig: '/opt/ml/output/tensorboard/',
  DebugHookConfig: '/opt/ml/output/tensors',
  ProfilerConfig: '/opt/ml/output/profiler',
} as const;

export type SyncedMember = keyof typeof DEFAULTS;

export const SYNCED_MEMBERS = Object.keys(DEFAULTS) as SyncedMember[];

/** Folders that a synced folder can't be, and can't be in: the platform writes to them, or the kernel does. */
const CLOSED = [
  '/opt/ml/input',
  '/opt/ml/output/failure',
  '/opt/ml/output/metrics',
  '/opt/ml/output/profiler',
  '/dev',
  '/proc',
  '/sys',
];

/** Folders that it can't be, as what else is in them would be hidden or stored twice. Neither can it be one that these are in. */
const OCCUPIED = [
  '/opt/ml/model',
  '/opt/ml/output/data',
  '/opt/ml/code',
  '/bin',
  '/boot',
  '/etc',
  '/lib',
  '/lib32',
  '/lib64',
  '/run',
  '/sbin',
  '/usr/bin',
  '/usr/lib',
  '/usr/local/bin',
  '/usr/local/lib',
  '/usr/sbin',
];

/** The folder of a member, as the request or the default has it; undefined when it is not used. */
export function localPathOf(request: CreateTrainingJobRequest, member: SyncedMember): string | undefined {
  if (member === 'ProfilerConfig' ? !hasProfile(request) : !request[member]) return undefined;
  return givenPathOf(request, member) ?? DEFAULTS[member];
}

/** The folder that the request itself names for a member. */
export function givenPathOf(request: CreateTrainingJobRequest, member: SyncedMember): string | undefined {
  return member === 'ProfilerConfig'
    ? request.ProfilerConfig?.ProfilingParameters?.LocalPath
    : request[member]?.LocalPath;
}

/** The path of the member in the request that names the folder. */
export const pathMember = (member: SyncedMember): string =>
  member === 'ProfilerConfig' ? 'ProfilerConfig.ProfilingParameters.LocalPath' : `${member}.LocalPath`;

/** A path without what does not change where it leads: doubled slashes, `.` and a slash at its end. */
export const plainPath = (path: string): string =>
  `/${path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .join('/')}`;

/** What is wrong with the folders that a request wants to have synced, or nothing. The list of SageMaker's own is not known (§3.4). */
export function brokenLocalPath(request: CreateTrainingJobRequest): string | undefined {
  for (const member of SYNCED_MEMBERS) {
    const path = localPathOf(request, member);
    // The default is the platform's own choice.
    const problem =
      path === undefined || plainPath(path) === plainPath(DEFAULTS[member]) ? undefined : problemOf(path);
    if (problem) return `Invalid ${pathMember(member)} '${path}': ${problem}`;
  }
  return overlap(request);
}

function problemOf(path: string): string | undefined {
  if (!path.startsWith('/')) return 'it must be an absolute path';
  if (path.includes('\0') || path.split('/').includes('..')) return "it must not contain '..'";
  const plain = plainPath(path);
  const closed = CLOSED.find((folder) => isWithin(plain, folder) || isWithin(folder, plain));
  const occupied = OCCUPIED.find((folder) => isWithin(folder, plain));
  return (closed ?? occupied) && `${closed ?? occupied} is reserved`;
}

function overlap(request: CreateTrainingJobRequest): string | undefined {
  const folders = SYNCED_MEMBERS.flatMap((member) => {
    const path = localPathOf(request, member);
    return path === undefined ? [] : { member: pathMember(member), path, plain: plainPath(path) };
  });
  for (const [i, one] of folders.entries()) {
    const other = folders
      .slice(i + 1)
      .find(({ plain }) => isWithin(one.plain, plain) || isWithin(plain, one.plain));
    if (other) return `${one.member} '${one.path}' and ${other.member} '${other.path}' must not overlap`;
  }
  return undefined;
}

const isWithin = (path: string, folder: string): boolean =>
  path === folder || folder === '/' || path.startsWith(`${folder}/`);

/** Beside the channels stands the file `checkpoints-manifest` (training contract §1.2). */
export function brokenCheckpointName({
  CheckpointConfig: checkpoints,
  InputDataConfig: channels = [],
}: CreateTrainingJobRequest): string | undefined {
  const clash =
    checkpoints && channels.find(({ ChannelName: name }) => /^checkpoints(-manifest)?$/.test(name));
  return (
    clash &&
    `Invalid channel name '${clash.ChannelName}' in InputDataConfig: CheckpointConfig has that name here`
  );
}
