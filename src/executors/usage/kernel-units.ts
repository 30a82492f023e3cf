import { readFileSync } from 'node:fs';

/** What the kernel counts in. */
export interface KernelUnits {
  readonly pageBytes: number;
  readonly ticksASecond: number;
}

const AT_PAGESZ = 6n;
const AT_CLKTCK = 17n;

let known: KernelUnits | undefined;

/** What the kernel told this process when it started: pairs of words in `/proc/self/auxv`. */
export function kernelUnits(): KernelUnits {
  known ??= read(readFileSync('/proc/self/auxv'));
  return known;
}

function read(words: Buffer): KernelUnits {
  const told = new Map<bigint, number>();
  for (let at = 0; at + 16 <= words.length; at += 16)
    told.set(words.readBigUInt64LE(at), Number(words.readBigUInt64LE(at + 8)));
  return { pageBytes: told.get(AT_PAGESZ) ?? 4096, ticksASecond: told.get(AT_CLKTCK) ?? 100 };
}
