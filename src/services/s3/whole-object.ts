import type {
  ChecksumAlgorithm,
  ObjectAttributes,
  StoredPart,
} from '../../objects/embedded/embedded-store.ts';
import { checksumOfParts } from '../../objects/embedded/multipart-checksum.ts';
import type { S3Call } from './call.ts';
import { checksumTexts } from './checksums.ts';
import { BAD_DIGEST, invalidRequest } from './errors.ts';

/**
 * Checks what CompleteMultipartUpload says of the whole object, before there is one (S3 API reference, CompleteMultipartUpload,
 * `x-amz-mp-object-size`, `x-amz-checksum-type`, `x-amz-checksum-*`).
 */
export function checkWhole(call: S3Call, upload: ObjectAttributes, parts: readonly StoredPart[]): void {
  checkSize(call.header('x-amz-mp-object-size'), parts);
  const type = call.header('x-amz-checksum-type');
  if (type !== undefined && type.toUpperCase() !== upload.checksumType) {
    throw invalidRequest(
      `The upload was created with the checksum type ${upload.checksumType ?? 'null'}, not ${type}.`,
    );
  }
  for (const [algorithm, value] of checksumTexts(call)) {
    checkAlgorithm(algorithm, upload.checksumAlgorithm);
    checkChecksum(value, upload, parts);
  }
}

function checkSize(expected: string | undefined, parts: readonly StoredPart[]): void {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (expected === undefined || expected === String(size)) return;
  throw invalidRequest(`The object has ${size} bytes, not ${expected} as x-amz-mp-object-size says.`);
}

/** A checksum can only be of the algorithm that the upload was created with. */
export function checkAlgorithm(given: ChecksumAlgorithm, expected: ChecksumAlgorithm | undefined): void {
  if (given === expected) return;
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${expected?.toLowerCase() ?? 'null'}, actual checksum Type: ${given.toLowerCase()}`,
  );
}

/** A composite checksum may be given with the number of parts that ends it, or without. */
function checkChecksum(expected: string, upload: ObjectAttributes, parts: readonly StoredPart[]): void {
  // An object of no parts the store refuses.
  if (parts.length === 0) return;
  const whole = checksumOfParts(upload, parts)?.value;
  if (expected === whole || expected === whole?.replace(/-\d+$/, '')) return;
  throw BAD_DIGEST(
    {},
    `The ${upload.checksumAlgorithm} you specified did not match the calculated checksum.`,
  );
}
