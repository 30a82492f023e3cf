import type { Resources } from '../executors/driver.ts';
import { instanceType } from '../model/shapes.ts';
import type { CreateTrainingJobRequest } from '../model/types.generated.ts';
import type { AssignedInstance } from '../training/facts.ts';
import type { Need } from './capacity.ts';

/** The group that hosts of a job without instance groups belong to (training contract §1.3). */
const HOMOGENEOUS = 'homogeneousCluster';

/** What a job needs. A type's GPUs are needed as far as the driver has any: where none are required, a job runs without. */
export function needOf(request: CreateTrainingJobRequest, resources: Resources): Need {
  const gpus = instanceType(request.ResourceConfig?.InstanceType ?? '')?.gpus ?? 0;
  return {
    instances: request.ResourceConfig?.InstanceCount ?? 1,
    gpusPerInstance: Math.min(gpus, resources.gpus.length),
  };
}

/** The hosts of a job, `algo-1` to `algo-n`, with the GPUs that each was leased. */
export function assignInstances(
  request: CreateTrainingJobRequest,
  gpus: readonly (readonly number[])[],
): AssignedInstance[] {
  return gpus.map((leased, index) => ({
    host: `algo-${index + 1}`,
    instanceType: request.ResourceConfig?.InstanceType ?? '',
    groupName: HOMOGENEOUS,
    gpus: leased,
  }));
}
