import { isIPv4 } from 'node:net';
import { askIp } from './ip-command.ts';
import { resolvers } from './resolvers.ts';
import { type Subnet, subnetOf } from './subnet.ts';

/** The addresses that an instance must find where the machine finds them: those of its routes, and its resolvers. */
export async function machineSubnets(): Promise<readonly Subnet[]> {
  const routes = await askIp('-4', 'route', 'show', 'table', 'all');
  const destinations = Array.isArray(routes) ? routes.map(({ dst }) => String(dst)) : [];
  return [
    ...destinations.filter((dst) => isIPv4(dst.split('/')[0] ?? '')).map(subnetOf),
    ...resolvers().filter(isIPv4).map(subnetOf),
  ];
}
