import { readdirSync } from 'node:fs';
import { askIp, ip, ipWithin, NAMESPACES, shellWithin } from './ip-command.ts';
import type { NetworkNames } from './network-names.ts';
import { type NetworkNote, noteOf, noteText } from './network-note.ts';
import { hostAddress, type Subnet } from './subnet.ts';
import { endUplinks } from './uplink.ts';
import { endWatches } from './uplink-watch.ts';

/** The name of an instance's interface to the others: the one that SageMaker's instances have. */
export const INTERFACE = 'eth0';
const BRIDGE = 'bridge';

/**
 * What a container engine allows in a network of its own: ports below 1024 (an SSH daemon, for MPI) and ping. The interface has no
 * address of IPv6, which would come seconds later and which no name leads to. None of it is a setting of the machine's.
 */
const PREPARE_INSTANCE = `
set_if_there() { [ ! -w "$1" ] || echo "$2" > "$1"; }
set_if_there /proc/sys/net/ipv4/ip_unprivileged_port_start 0
set_if_there /proc/sys/net/ipv4/ping_group_range "0 2147483647"
set_if_there /proc/sys/net/ipv6/conf/${INTERFACE}/disable_ipv6 1
`;

/**
 * Makes the namespaces of a job's network: one for each instance, and one more for what joins them. Nothing of it is in the machine's
 * own network, so no firewall, route or address of the machine meets it. What a half-made network left is removed before.
 */
export async function addNamespaces(names: NetworkNames, hosts: readonly string[]): Promise<void> {
  const all = [names.hub, ...hosts.map((host) => names.instance(host))];
  await removeNamespaces(all);
  await ip(all.map((name) => `netns add ${name}`));
}

/** Joins the instances by a bridge, and gives each its address. */
export async function joinNamespaces(
  names: NetworkNames,
  hosts: readonly string[],
  subnet: Subnet,
): Promise<void> {
  await ipWithin(names.hub, [
    `link add ${BRIDGE} type bridge`,
    `link set ${BRIDGE} up`,
    ...hosts.flatMap((host) => [
      `link add ${host} type veth peer name ${INTERFACE} netns ${names.instance(host)}`,
      `link set ${host} master ${BRIDGE} up`,
    ]),
  ]);
  await Promise.all(
    hosts.map((host, index) =>
      shellWithin(names.instance(host), PREPARE_INSTANCE, [
        'link set lo up',
        `addr add ${hostAddress(subnet, index + 1)}/${subnet.bits} dev ${INTERFACE}`,
        `link set ${INTERFACE} up`,
      ]),
    ),
  );
}

/** Says on the bridge itself that all of the network is made, and how. */
export async function declareMade(hub: string, note: NetworkNote): Promise<void> {
  await ipWithin(hub, [`link set ${BRIDGE} alias ${noteText(note)}`]);
}

/** What a network that was made before says of itself; undefined when there is none, or only a part of one. */
export async function noteOfMade(hub: string): Promise<NetworkNote | undefined> {
  if (!namespaces().includes(hub)) return undefined;
  const links = await askIp('-n', hub, 'link', 'show');
  const alias = Array.isArray(links) ? links.find(({ ifname }) => ifname === BRIDGE)?.ifalias : undefined;
  return typeof alias === 'string' ? noteOf(alias) : undefined;
}

/** The address that an instance was given. */
export async function addressOf(namespace: string): Promise<string | undefined> {
  const links = await askIp('-n', namespace, '-4', 'addr', 'show', 'dev', INTERFACE);
  const address = Array.isArray(links) ? links[0]?.addr_info?.[0]?.local : undefined;
  return typeof address === 'string' ? address : undefined;
}

/** Removes those that there are, with their interfaces and uplinks. */
export async function removeNamespaces(names: readonly string[]): Promise<void> {
  const present = new Set(namespaces());
  const there = names.filter((name) => present.has(name));
  if (there.length === 0) return;
  endUplinks(there);
  endWatches(there);
  await ip(there.map((name) => `netns delete ${name}`));
}

/** The names of all namespaces of the machine that have one. */
export function namespaces(): readonly string[] {
  try {
    return readdirSync(NAMESPACES);
  } catch {
    return [];
  }
}
