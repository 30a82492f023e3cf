import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crc32c } from '@node-rs/crc32';
import { combineCrcs, isCombinable } from './crc-combine.ts';
import type { ChecksumAlgorithm, ObjectAttributes, StoredObject, StoredPart } from './embedded-store.ts';
import { invalidRequest } from './refusals.ts';

type ChecksumType = NonNullable<ObjectAttributes['checksumType']>;

/**
 * What the checksum of an object in parts is of: its bytes (FULL_OBJECT), or the parts' checksums (COMPOSITE).
 * Source: Amazon S3 User Guide, "Checking object integrity": SHA algorithms are composite only, CRC64NVME is of the full object
 * only, and composite is the default elsewhere.
 */
export function checksumTypeOf(algorithm: ChecksumAlgorithm, asked: ChecksumType | undefined): ChecksumType {
  const type = asked ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const possible = type === 'FULL_OBJECT' ? isCombinable(algorithm) : algorithm !== 'CRC64NVME';
  if (possible) return type;
  throw invalidRequest(
    `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  );
}

/** The checksum of the object that parts make up; absent when its upload asked for none. */
export function checksumOfParts(
  { checksumAlgorithm: algorithm, checksumType: type }: ObjectAttributes,
  parts: readonly StoredPart[],
): StoredObject['checksum'] {
  if (!algorithm || !type) return undefined;
  const runs = parts.map(({ size, checksum }) => {
    if (checksum?.algorithm !== algorithm)
      throw new Error(`a part of the upload has no ${algorithm} checksum`);
    return { size, checksum: checksum.value };
  });
  if (type === 'FULL_OBJECT') return { algorithm, type, value: combineCrcs(algorithm, runs) };
  const sums = Buffer.concat(runs.map((run) => Buffer.from(run.checksum, 'base64')));
  return { algorithm, type, value: `${composite(algorithm, sums)}-${parts.length}` };
}

/** Synchronous, as the checksum belongs to the transaction that completes the upload. */
function composite(algorithm: ChecksumAlgorithm, sums: Buffer): string {
  if (algorithm === 'SHA1' || algorithm === 'SHA256')
    return createHash(algorithm).update(sums).digest('base64');
  const value = Buffer.alloc(4);
  value.writeUInt32BE(algorithm === 'CRC32' ? crc32(sums) : crc32c(sums));
  return value.toString('base64');
}
