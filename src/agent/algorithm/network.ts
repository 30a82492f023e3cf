import { networkInterfaces } from 'node:os';
import type { InstancePlan } from '../instance-agent.ts';

/** The interface that SageMaker's instances have, which scripts expect. */
const USUAL_INTERFACE = 'eth0';
const LOOPBACK = 'lo';

/** The network interface that the algorithm is told of. NCCL, Gloo and MPI bind to it, so it must exist where the algorithm is. */
export function networkInterfaceOf(
  plan: InstancePlan,
  present: readonly string[] = interfacesOfMachine(),
): string {
  if (plan.request.EnableNetworkIsolation) return LOOPBACK;
  return present.includes(USUAL_INTERFACE) ? USUAL_INTERFACE : LOOPBACK;
}

function interfacesOfMachine(): string[] {
  return Object.keys(networkInterfaces());
}

/** Where the only instance of a job finds itself. */
const OWN_ADDRESS = '127.0.0.1';

/** The algorithm's HOSTNAME, of the form that SageMaker's instances have; not `algo-1` (training contract §1.5). */
export function hostnameOf(plan: InstancePlan): string {
  return `ip-${OWN_ADDRESS.replaceAll('.', '-')}.${plan.region}.compute.internal`;
}

/** Lines of the algorithm's hosts file: all names that it is told of lead to it. */
export function hostsOf(plan: InstancePlan): { readonly address: string; readonly name: string }[] {
  return [plan.host, hostnameOf(plan)].map((name) => ({ address: OWN_ADDRESS, name }));
}
