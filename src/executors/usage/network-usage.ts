import { readFileSync, readlinkSync } from 'node:fs';
import type { Usage } from '../runtime.ts';

/** What went over the network of a process, if that is not the one that we and others are on. */
export function networkUsage(pid: number): Pick<Usage, 'receivedBytes' | 'sentBytes'> {
  try {
    if (readlinkSync(`/proc/${pid}/ns/net`) === readlinkSync('/proc/self/ns/net')) return {};
    return sumOf(readFileSync(`/proc/${pid}/net/dev`, 'utf8'));
  } catch {
    return {}; // gone, or another user's
  }
}

/** Over all interfaces but the loopback. `text` is a `/proc/<pid>/net/dev`. */
export function sumOf(text: string): { readonly receivedBytes: number; readonly sentBytes: number } {
  let [receivedBytes, sentBytes] = [0, 0];
  for (const line of text.split('\n')) {
    const [, name, numbers] = /^\s*([^:|]+):\s*(.*)$/.exec(line) ?? [];
    if (numbers === undefined || name === 'lo') continue;
    const counts = numbers.split(/\s+/).map(Number);
    receivedBytes += counts[0] ?? 0;
    sentBytes += counts[8] ?? 0;
  }
  return { receivedBytes, sentBytes };
}
