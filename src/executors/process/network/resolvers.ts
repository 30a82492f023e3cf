import { readFileSync } from 'node:fs';

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

/** Whether the machine resolves names by its own loopback, as with systemd-resolved. */
export function asksLoopback(text = resolverFile()): boolean {
  return resolvers(text).some((address) => address.startsWith('127.') || address === '::1');
}
