import { BlockList, isIP } from 'node:net';
import { AUTHORITY_DOMAIN } from './authority.ts';

/** Where a client asks to be connected to. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

const HTTPS = 443;

/** What stands in a CONNECT request: `host:port`. Undefined where it is none. */
export function destinationOf(text = ''): Destination | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = (match?.[1] ?? match?.[2])?.toLowerCase();
  return host && port > 0 && port < 65_536 ? { host, port } : undefined;
}

/** Whether this is a host of AWS, in whose place the server answers. */
export const isAmazon = ({ host, port }: Destination): boolean =>
  port === HTTPS && !isIP(host) && host.endsWith(`.${AUTHORITY_DOMAIN}`);

/** Amazon S3's own hosts: `s3.<region>.…`, `s3-<region>.…`, and the same behind a bucket's name. */
export const isAmazonS3 = (destination: Destination): boolean =>
  isAmazon(destination) && /(^|\.)s3([.-][a-z0-9.-]+)?\.amazonaws\.com$/.test(destination.host);

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export function isLoopback(address = ''): boolean {
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Addresses that no tunnel leads to: the link's own, where clouds keep a machine's credentials, and those that reach the machine
 * itself or nobody.
 */
export function neverTunnelled(): BlockList {
  const list = new BlockList();
  list.addSubnet('169.254.0.0', 16, 'ipv4');
  list.addSubnet('fe80::', 10, 'ipv6');
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::1', 'ipv6');
  list.addSubnet('0.0.0.0', 8, 'ipv4');
  list.addAddress('::', 'ipv6');
  return list;
}
