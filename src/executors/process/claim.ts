import { readFileSync } from 'node:fs';
import { LAUNCHER } from './launch-script.ts';
import { argumentsOf, type ProcessIdentity, parseStat, processes } from './process-table.ts';
import type { RunFolder } from './run-folder.ts';

/** Who launched an instance: nobody yet, a process that is just writing its name, or that one. */
export type Claim =
  | { readonly kind: 'none' }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'signed'; readonly bootId: string; readonly launcher: ProcessIdentity };

export function readClaim(folder: RunFolder): Claim {
  let text: string;
  try {
    text = readFileSync(folder.claim, 'utf8');
  } catch {
    return { kind: 'none' };
  }
  const [bootId, stat] = /^(\S+) (.*)\n$/s.exec(text)?.slice(1) ?? [];
  const launcher = stat === undefined ? undefined : parseStat(stat);
  return bootId !== undefined && launcher ? { kind: 'signed', bootId, launcher } : { kind: 'unsigned' };
}

/** Whether the process that created the claim is still about to sign it. Slow: it looks at all processes. */
export function isBeingSigned(folder: RunFolder): boolean {
  return processes().some((pid) => {
    const words = argumentsOf(pid);
    return words.includes(LAUNCHER) && words.includes(folder.path);
  });
}
