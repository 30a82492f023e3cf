import type { InstancePlan } from '../instance-agent.ts';
import type { InstanceNetwork } from '../instance-network.ts';

/** The algorithm's HOSTNAME, of the form that SageMaker's instances have; not `algo-1` (training contract §1.5). */
export function hostnameOf(plan: InstancePlan, network: InstanceNetwork): string {
  return machineName(addressOf(network, plan.host), plan.region);
}

/** Lines of the algorithm's hosts file: the names of all hosts of its job, and those that each finds in its HOSTNAME. */
export function hostsOf(
  plan: InstancePlan,
  network: InstanceNetwork,
): { readonly address: string; readonly name: string }[] {
  return plan.hosts.flatMap((host) => {
    const address = addressOf(network, host);
    return [host, machineName(address, plan.region)].map((name) => ({ address, name }));
  });
}

function addressOf({ addresses }: InstanceNetwork, host: string): string {
  const address = addresses[host];
  if (address === undefined) throw new Error(`the job's network has no address for ${host}`);
  return address;
}

function machineName(address: string, region: string): string {
  return `ip-${address.replaceAll('.', '-')}.${region}.compute.internal`;
}
