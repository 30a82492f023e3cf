import { renameSync, writeFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import type { Clock } from '../clock/clock.ts';
import type { AuthorityFile } from '../proxy/authority.ts';
import { type DataLayout, openAuthority } from './data-folder.ts';

/** Opens the proxy's authority, and writes what its clients must trust. The clock is that of the machine, as theirs is. */
export async function openTrust(layout: DataLayout, clock: Clock): Promise<AuthorityFile> {
  const authority = await openAuthority(layout, clock);
  writeTrust(layout, authority);
  return authority;
}

/**
 * Writes what clients of the proxy must trust: the authority alone, for those that add to what they know; and a bundle of it with
 * all that this machine trusts, for those that put a bundle in its place.
 */
function writeTrust(layout: DataLayout, { certificatePem }: AuthorityFile): void {
  const system = getCACertificates('system');
  const trusted = [
    ...(system.length > 0 ? system : getCACertificates('bundled')),
    ...getCACertificates('extra'),
  ];
  const bundle = [certificatePem, ...new Set(trusted)].map((pem) => `${pem.trim()}\n`).join('');
  replace(layout.authorityCertificate, certificatePem);
  replace(layout.certificates, bundle);
}

/** A client that reads it meanwhile reads the old one or the new. */
function replace(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
