import type { CreateTrainingJobRequest } from '../model/types.generated.ts';

/** The group that the hosts of a job without instance groups belong to (training contract §1.3). */
const HOMOGENEOUS = 'homogeneousCluster';

/** The instances of a job that are of one type. */
export interface HostGroup {
  readonly name: string;
  readonly instanceType: string;
  /** `algo-1` to `algo-n`, numbered through all groups in the request's order (training contract §6). */
  readonly hosts: readonly string[];
}

/** The instance groups of a job; one without any is one group. */
export function hostGroups({
  ResourceConfig: resources,
}: Pick<CreateTrainingJobRequest, 'ResourceConfig'>): HostGroup[] {
  const groups = resources?.InstanceGroups ?? [
    {
      InstanceGroupName: HOMOGENEOUS,
      InstanceType: resources?.InstanceType ?? '',
      InstanceCount: resources?.InstanceCount ?? 1,
    },
  ];
  let hosts = 0;
  return groups.map(({ InstanceGroupName: name, InstanceType: instanceType, InstanceCount: count }) => ({
    name,
    instanceType,
    hosts: Array.from({ length: count }, () => `algo-${++hosts}`),
  }));
}
