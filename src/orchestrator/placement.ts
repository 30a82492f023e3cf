import type { Resources } from '../executors/driver.ts';
import { instanceType } from '../model/shapes.ts';
import type { CreateTrainingJobRequest } from '../model/types.generated.ts';
import type { AssignedInstance } from '../training/facts.ts';
import { hostGroups } from '../training/instance-groups.ts';
import type { InstanceNeed, LeasedInstance } from './capacity/claim.ts';

/**
 * What a job needs, instance by instance in the order of its hosts. A type's GPUs are needed as far as the driver has any: where
 * none are required, a job runs with an even share of those that there are, or without.
 */
export function needOf(request: CreateTrainingJobRequest, resources: Resources): readonly InstanceNeed[] {
  const wanted = hostGroups(request).flatMap(({ instanceType: type, hosts }) =>
    hosts.map(() => ({ instanceType: type, gpus: instanceType(type)?.gpus ?? 0 })),
  );
  const present = resources.gpus.length;
  if (wanted.reduce((sum, { gpus }) => sum + gpus, 0) <= present) return wanted;
  const share = Math.floor(present / wanted.filter(({ gpus }) => gpus > 0).length);
  return wanted.map((each) => ({ ...each, gpus: Math.min(each.gpus, share) }));
}

/** The types of a job's instances. */
export const instanceTypesOf = (request: CreateTrainingJobRequest): string[] =>
  hostGroups(request).map(({ instanceType: type }) => type);

/** The hosts of a job, `algo-1` to `algo-n`, each with what it was leased. */
export function assignInstances(
  request: CreateTrainingJobRequest,
  leased: readonly LeasedInstance[],
): AssignedInstance[] {
  const hosts = hostGroups(request).flatMap((group) =>
    group.hosts.map((host) => ({ host, instanceType: group.instanceType, groupName: group.name })),
  );
  return hosts.map((host, at) => ({ ...host, gpus: leased[at]?.gpus ?? [] }));
}
