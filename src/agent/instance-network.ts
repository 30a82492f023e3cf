import { networkInterfaces } from 'node:os';
import type { InstancePlan } from './instance-agent.ts';

/** How the instances of a job reach each other on one kind of machine: the executor's part of the agent's work. */
export interface InstanceNetworks {
  /**
   * The instance's place in its job's network. The first call for an attempt makes the network of all its hosts; every other one,
   * also after a crash of ours, finds it as it was made.
   */
  join(plan: InstancePlan): Promise<InstanceNetwork>;
  /** Gives back what was made for the instance, when nothing of it runs any more. Harmless where nothing was made. */
  leave(plan: InstancePlan): Promise<void>;
}

export interface InstanceNetwork {
  /** The interface that leads to the other hosts. NCCL, Gloo and MPI bind to it, so it exists where the algorithm is. */
  readonly interfaceName: string;
  /** The IPv4 address of each host of the job, by the host's name. All ports are open between them. */
  readonly addresses: Readonly<Record<string, string>>;
  /**
   * What the runtime joins, in the words of whoever made it. Absent: the machine's own network, or under network isolation one in
   * which there is nobody else.
   */
  readonly handle?: string;
}

/** The networks of machines whose jobs have one instance each: there is nobody to reach. */
export const networkOfOne: InstanceNetworks = {
  join: async (plan) => ({
    interfaceName: interfaceOfOne(plan),
    addresses: { [plan.host]: LOOPBACK_ADDRESS },
  }),
  leave: async () => undefined,
};

/** What stands for a network where nobody is to be reached any more. */
export function noNetwork({ hosts }: InstancePlan): InstanceNetwork {
  return {
    interfaceName: LOOPBACK,
    addresses: Object.fromEntries(hosts.map((host) => [host, LOOPBACK_ADDRESS])),
  };
}

/** The interface that SageMaker's instances have, which scripts expect. */
export const USUAL_INTERFACE = 'eth0';
export const LOOPBACK = 'lo';
/** Where the only instance of a job finds itself. */
const LOOPBACK_ADDRESS = '127.0.0.1';

/** The interface that the only instance of a job is told of: the usual one, if the machine has it and the instance sees it. */
export function interfaceOfOne(
  plan: InstancePlan,
  present: readonly string[] = Object.keys(networkInterfaces()),
): string {
  if (plan.request.EnableNetworkIsolation) return LOOPBACK;
  return present.includes(USUAL_INTERFACE) ? USUAL_INTERFACE : LOOPBACK;
}
