import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { askIp } from './ip-command.ts';
import { type Subnet, subnetOf } from './subnet.ts';
import { UPLINK_SUBNET } from './uplink.ts';

/** The addresses that an instance must find where the machine finds them: those of its routes, and its resolvers. */
export async function machineSubnets(): Promise<readonly Subnet[]> {
  const routes = await askIp('-4', 'route', 'show', 'table', 'all');
  const destinations = Array.isArray(routes) ? routes.map(({ dst }) => String(dst)) : [];
  return [
    ...destinations.filter((dst) => isIPv4(dst.split('/')[0] ?? '')).map(subnetOf),
    ...resolvers().filter(isIPv4).map(subnetOf),
    UPLINK_SUBNET,
  ];
}

/** The addresses of the machine's resolvers. */
export function resolvers(text = resolverFile()): readonly string[] {
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].flatMap(([, address]) => address ?? []);
}

/** What programs of this machine resolve names by: `/etc/resolv.conf`, empty where there is none. */
export function resolverFile(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return '';
  }
}
