import type { ChecksumAlgorithm } from './embedded-store.ts';

interface Crc {
  readonly bits: bigint;
  /** The polynomial, reflected (least significant bit first), without its highest term. */
  readonly polynomial: bigint;
}

const crcs: Partial<Record<ChecksumAlgorithm, Crc>> = {
  CRC32: { bits: 32n, polynomial: 0xedb88320n },
  CRC32C: { bits: 32n, polynomial: 0x82f63b78n },
  CRC64NVME: { bits: 64n, polynomial: 0x9a6c9329ac4bc9b5n },
};

/** A run of bytes by its checksum (base64) and its length. */
export interface SummedBytes {
  readonly checksum: string;
  readonly size: number;
}

/** Whether the checksum of a whole follows from those of its parts. */
export const isCombinable = (algorithm: ChecksumAlgorithm): boolean => crcs[algorithm] !== undefined;

/**
 * The CRC of runs one after the other, from the CRC of each: crc(AB) = crc(A)·x^(8·|B|) + crc(B) over GF(2), as zlib's
 * `crc32_combine` has it. `runs` must not be empty.
 */
export function combineCrcs(algorithm: ChecksumAlgorithm, runs: readonly SummedBytes[]): string {
  const crc = crcs[algorithm];
  if (!crc) throw new Error(`${algorithm} is no CRC: it can't be combined`);
  const shifts = new Map<number, bigint>();
  let whole = 0n;
  for (const { checksum, size } of runs) {
    let shift = shifts.get(size);
    if (shift === undefined) {
      shift = powerOfX(crc, 8n * BigInt(size));
      shifts.set(size, shift);
    }
    whole = multiply(crc, shift, whole) ^ BigInt(`0x${Buffer.from(checksum, 'base64').toString('hex')}`);
  }
  return Buffer.from(whole.toString(16).padStart(Number(crc.bits) / 4, '0'), 'hex').toString('base64');
}

/** a·b modulo the polynomial; the highest bit is the term 1. */
function multiply({ bits, polynomial }: Crc, a: bigint, b: bigint): bigint {
  let product = 0n;
  let shifted = b;
  for (let bit = 1n << (bits - 1n); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
  }
  return product;
}

/** x^exponent modulo the polynomial, by squaring. */
function powerOfX(crc: Crc, exponent: bigint): bigint {
  let power = 1n << (crc.bits - 1n);
  let square = 1n << (crc.bits - 2n);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) power = multiply(crc, square, power);
    square = multiply(crc, square, square);
  }
  return power;
}
