import { inputModeOf } from '../agent/channels/channel.ts';
import { instanceType } from '../model/shapes.ts';
import type { CreateTrainingJobRequest } from '../model/types.generated.ts';
import { hostGroups } from '../training/instance-groups.ts';
import { givenPathOf, pathMember, SYNCED_MEMBERS } from '../training/local-paths.ts';
import type { Algorithm, Mount } from './runtime.ts';

/** Something that an algorithm is to see besides `/opt/ml`, and the request's member that asks for it. */
export interface RequestedMount extends Pick<Mount, 'target' | 'readOnly'> {
  readonly member: string;
}

/** The mounts that a request needs. What is in `/opt/ml` needs none. */
export function* requestedMounts(request: CreateTrainingJobRequest): Generator<RequestedMount> {
  for (const channel of request.InputDataConfig ?? []) {
    const target = `/opt/ml/input/data/${channel.ChannelName}`;
    const fileSystem = channel.DataSource.FileSystemDataSource;
    if (fileSystem) {
      const readOnly = fileSystem.FileSystemAccessMode === 'ro';
      yield { member: 'InputDataConfig.DataSource.FileSystemDataSource', target, readOnly };
    } else if (inputModeOf(channel, request) === 'FastFile') {
      yield { member: 'InputDataConfig.InputMode FastFile', target, readOnly: true };
    }
  }
  for (const member of SYNCED_MEMBERS) {
    const target = givenPathOf(request, member);
    if (target !== undefined && !target.startsWith('/opt/ml/'))
      yield { member: pathMember(member), target, readOnly: false };
  }
}

/** Why the GPUs that there are do not do for a request; undefined when they do. */
export function gpuRefusal(
  request: CreateTrainingJobRequest,
  present: number,
  { gpus, setting }: { readonly gpus: 'required' | 'optional'; readonly setting: string },
): string | undefined {
  const needs = hostGroups(request).map((group) => ({
    ...group,
    gpus: group.hosts.length * (instanceType(group.instanceType)?.gpus ?? 0),
  }));
  const needed = needs.reduce((sum, each) => sum + each.gpus, 0);
  if (needed <= present || gpus === 'optional') return undefined;
  const types = needs.flatMap(({ instanceType: type, hosts, gpus: count }) =>
    count > 0 ? `${hosts.length > 1 ? `${hosts.length} × ` : ''}${type}` : [],
  );
  return (
    `ResourceConfig.InstanceType ${types.join(' and ')} has ${needed} GPU(s), and this machine has ${present}: choose another type, ` +
    `or set ${setting} to optional to run with the GPUs that there are.`
  );
}

/** The upper limits of an instance, by the name of its type. None where it is not known. */
export function limitsOf(name: string): Pick<Algorithm, 'cpus' | 'memoryBytes'> {
  const type = instanceType(name);
  return type ? { cpus: type.vcpus, memoryBytes: type.memoryBytes } : {};
}
