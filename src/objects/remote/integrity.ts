import type { FileHandle } from 'node:fs/promises';
import type { GetObjectCommandOutput, HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { createHasher } from '../embedded/checksum.ts';
import type { ChecksumAlgorithm } from '../embedded/embedded-store.ts';
import { type ObjectLocation, ObjectStorageError, type ObjectSummary } from '../object-storage.ts';

/** What the bytes of an object must come to. */
export interface Digest {
  readonly algorithm: ChecksumAlgorithm | 'MD5';
  readonly value: Buffer;
}

/** Cheapest first. */
const CHECKSUMS = [
  ['CRC32C', 'ChecksumCRC32C'],
  ['CRC32', 'ChecksumCRC32'],
  ['SHA1', 'ChecksumSHA1'],
  ['SHA256', 'ChecksumSHA256'],
  ['CRC64NVME', 'ChecksumCRC64NVME'],
] as const;

/** What is hashed at a time: short enough that others get their turn between. */
const PIECE_BYTES = 512 * 1024;

/**
 * What the store says of the bytes of a whole object: the MD5 that its ETag is (not with KMS keys or keys of the client's, nor in
 * directory buckets: S3 user guide, "Checking object integrity"), or a checksum of the full object. Undefined where it says nothing
 * that the whole bytes can be checked by, as for many objects that were uploaded in parts.
 */
export function digestOf(
  { bucket, etag }: ObjectLocation & ObjectSummary,
  answer: GetObjectCommandOutput | HeadObjectCommandOutput,
): Digest | undefined {
  const md5 = /^"?([0-9a-f]{32})"?$/.exec(etag)?.[1];
  const encrypted = answer.ServerSideEncryption?.startsWith('aws:kms') || answer.SSECustomerAlgorithm;
  if (md5 && !encrypted && !bucket.endsWith('--x-s3'))
    return { algorithm: 'MD5', value: Buffer.from(md5, 'hex') };
  if (answer.ChecksumType === 'COMPOSITE') return undefined;
  for (const [algorithm, member] of CHECKSUMS) {
    const value = answer[member];
    // A number of parts after the value: it is composite, whatever its type is said to be.
    if (value && !value.includes('-')) return { algorithm, value: Buffer.from(value, 'base64') };
  }
  return undefined;
}

/** Checks bytes that come in order. */
export class DigestCheck {
  readonly #digest: Digest;
  readonly #hasher: ReturnType<typeof createHasher>;

  constructor(digest: Digest) {
    this.#digest = digest;
    this.#hasher = createHasher(digest.algorithm);
  }

  update(bytes: Uint8Array): void {
    this.#hasher.update(bytes);
  }

  /** Rejects with BadDigest when the bytes are not those of the object. */
  async finish({ bucket, key }: ObjectLocation): Promise<void> {
    const found = await this.#hasher.digest();
    const { algorithm, value } = this.#digest;
    if (found.equals(value)) return;
    throw new ObjectStorageError(
      'BadDigest',
      `s3://${bucket}/${key}: the bytes that came have the ${algorithm} ${found.toString('hex')}, and the store says ${value.toString('hex')}`,
    );
  }
}

/** Checks the bytes of an object that were written to a file out of order. */
export async function checkFile(
  file: FileHandle,
  object: ObjectLocation & ObjectSummary,
  digest: Digest,
  signal: AbortSignal | undefined,
): Promise<void> {
  const check = new DigestCheck(digest);
  const buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  for (let position = 0; position < object.size; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) break;
    check.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  await check.finish(object);
}
