import { existsSync } from 'node:fs';
import { type Algorithm, RuntimeFault } from '../../runtime.ts';
import { findProgram } from '../find-program.ts';
import { asksLoopback, resolverFile } from './resolvers.ts';
import { RESOLVER_ADDRESS } from './uplink.ts';

/** The words before a command that is to run in a network, as `ProcessNetworks` named it; none for the machine's own. */
export function enterNetwork(network: string | undefined): readonly string[] {
  if (network === undefined) return [];
  const nsenter = findProgram('nsenter');
  if (nsenter === undefined) throw new RuntimeFault('internal', 'There is no nsenter on this machine.');
  if (!existsSync(network)) throw new RuntimeFault('internal', `The instance's network ${network} is gone.`);
  return [nsenter, `--net=${network}`, '--'];
}

/**
 * The `/etc/resolv.conf` of an instance in a network of its own, where the machine's resolver listens on a loopback that the instance
 * can't reach. Undefined: the machine's does.
 */
export function resolverWithin(
  { network, networkIsolation }: Pick<Algorithm, 'network' | 'networkIsolation'>,
  machine = resolverFile(),
): string | undefined {
  if (network === undefined || networkIsolation) return undefined;
  if (!asksLoopback(machine)) return undefined;
  const others = machine.split('\n').filter((line) => !/^\s*nameserver\s/.test(line));
  return [`nameserver ${RESOLVER_ADDRESS}`, ...others].join('\n');
}
