import { createHash } from 'node:crypto';
import type { InstancePlan } from '../../../agent/instance-agent.ts';
import { type InstanceNetwork, LOOPBACK } from '../../../agent/instance-network.ts';

/**
 * The network of a job whose instances share that of the machine: an address of the machine's loopback for each, so that names lead to
 * different ones. Two hosts can listen on the same port when each does so at its own address, not at all of them.
 */
export function sharedNetwork(prefix: string, { jobId, attempt, hosts }: InstancePlan): InstanceNetwork {
  // Jobs get different ones, of other servers too as far as 16 bits go: 127.0 is left to the machine.
  const [second = 0, third = 0] = createHash('sha256').update(`${prefix}-${jobId}-${attempt}`).digest();
  const network = `127.${(second % 255) + 1}.${third}`;
  return {
    interfaceName: LOOPBACK,
    addresses: Object.fromEntries(hosts.map((host, index) => [host, `${network}.${(index % 254) + 1}`])),
  };
}
