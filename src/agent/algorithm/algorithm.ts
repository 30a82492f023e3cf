import type { Algorithm, Mount } from '../../executors/runtime.ts';
import { JobFault } from '../../training/fault.ts';
import type { Instance } from '../hook.ts';
import { instanceId } from '../instance-folder.ts';
import type { InstanceNetwork } from '../instance-network.ts';
import { algorithmEnvironment } from './container-environment.ts';
import { hostsOf } from './network.ts';

/** What the runtime is asked to run. `output` is the file that the algorithm's output is appended to. */
export function algorithmOf(
  { plan, folder, environment }: Instance,
  network: InstanceNetwork,
  output: string,
  mounts: readonly Mount[] = [],
): Algorithm {
  const { AlgorithmSpecification: specification, EnableNetworkIsolation: isolated = false } = plan.request;
  if (specification?.TrainingImage === undefined) {
    throw new JobFault('ClientError', 'AlgorithmSpecification.TrainingImage is needed to run a job');
  }
  return {
    id: instanceId(plan),
    home: folder.home,
    mlRoot: folder.ml,
    ...(mounts.length > 0 && { mounts }),
    image: specification.TrainingImage,
    ...(specification.ContainerEntrypoint && { entrypoint: specification.ContainerEntrypoint }),
    ...(specification.ContainerArguments && { arguments: specification.ContainerArguments }),
    // Under network isolation no credentials reach the algorithm (training contract §1.5).
    environment: algorithmEnvironment(plan, network, isolated ? {} : environment.containerEnvironment(plan)),
    hostname: plan.host,
    hosts: hostsOf(plan, network),
    networkIsolation: isolated,
    ...(network.handle !== undefined && { network: network.handle }),
    ...environment.instanceType,
    gpus: plan.gpus,
    output,
  };
}
