import type { ChecksumAlgorithm, PutOptions, StoredObject } from '../../objects/embedded/embedded-store.ts';
import type { Body } from './body.ts';
import type { S3Call } from './call.ts';
import { invalidRequest } from './errors.ts';

/** The algorithms by the length of their values in bytes. */
const LENGTHS: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

export const CHECKSUM_ALGORITHMS = Object.keys(LENGTHS) as ChecksumAlgorithm[];

const asAlgorithm = (name: string): ChecksumAlgorithm | undefined =>
  CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === name.toUpperCase());

/** `x-amz-checksum-crc32`, … */
export const checksumHeader = (algorithm: ChecksumAlgorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`;

/** `ChecksumCRC32`, … */
export const checksumElement = <Algorithm extends ChecksumAlgorithm>(algorithm: Algorithm) =>
  `Checksum${algorithm}` as const;

export interface ExpectedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. */
  readonly value: string;
}

/** The algorithm that a header names (`x-amz-sdk-checksum-algorithm`, `x-amz-checksum-algorithm`). */
export function algorithmOf(call: S3Call, header: string): ChecksumAlgorithm | undefined {
  const name = call.header(header);
  if (name === undefined) return undefined;
  const algorithm = asAlgorithm(name);
  if (algorithm) return algorithm;
  throw invalidRequest(
    `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${CHECKSUM_ALGORITHMS.join(', ')}]`,
  );
}

/** The checksums among the request's headers, as they are written. */
export function checksumTexts(call: S3Call): [algorithm: ChecksumAlgorithm, value: string][] {
  const given = CHECKSUM_ALGORITHMS.flatMap((algorithm): [ChecksumAlgorithm, string][] => {
    const value = call.header(checksumHeader(algorithm));
    return value === undefined ? [] : [[algorithm, value]];
  });
  if (given.length <= 1) return given;
  throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
}

function checksumInHeaders(call: S3Call): ExpectedChecksum | undefined {
  const [given] = checksumTexts(call);
  return given && wellFormed({ algorithm: given[0], value: given[1] });
}

function wellFormed(checksum: ExpectedChecksum): ExpectedChecksum {
  const { algorithm, value } = checksum;
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length === LENGTHS[algorithm] && bytes.toString('base64') === value) return checksum;
  throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`);
}

/** What a body's checksum has to be, from its header or the field that trails it, as the store wants it. */
export function bodyChecksum(
  call: S3Call,
  body: Body,
): Pick<PutOptions, 'checksumAlgorithm' | 'expectedChecksum'> {
  const header = checksumInHeaders(call);
  const trailing = trailingAlgorithm(body);
  const named = algorithmOf(call, 'x-amz-sdk-checksum-algorithm');
  const algorithm = header?.algorithm ?? trailing;
  if (header && trailing) {
    throw invalidRequest('Expecting a single x-amz-checksum- header or trailer.');
  }
  if (named && !algorithm) {
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  if (named && named !== algorithm) {
    throw invalidRequest('Value for x-amz-sdk-checksum-algorithm header is invalid.');
  }
  if (!algorithm) return {};
  const expectedChecksum = () =>
    header ?? wellFormed({ algorithm, value: body.trailer(checksumHeader(algorithm)) ?? '' });
  return { checksumAlgorithm: algorithm, expectedChecksum };
}

function trailingAlgorithm(body: Body): ChecksumAlgorithm | undefined {
  const [name, ...others] = body.trailerNames;
  if (name === undefined) return undefined;
  const algorithm = CHECKSUM_ALGORITHMS.find((candidate) => checksumHeader(candidate) === name);
  if (algorithm && others.length === 0) return algorithm;
  throw invalidRequest('The value specified in the x-amz-trailer header is not supported');
}

/** The headers that tell of an object's checksum. */
export function checksumHeaders(object: StoredObject): Record<string, string> {
  const { checksum } = object;
  if (!checksum) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

/** The elements that tell of a checksum, of an object or of a part. */
export function checksumElements(
  checksum: (ExpectedChecksum & { readonly type?: string }) | undefined,
): Record<string, string | undefined> {
  if (!checksum) return {};
  return { [checksumElement(checksum.algorithm)]: checksum.value, ChecksumType: checksum.type };
}
