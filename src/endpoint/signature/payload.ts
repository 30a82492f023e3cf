import type { S3Payload } from '../../services/s3/payload.ts';
import type { Claim } from './claim.ts';
import type { Refusal } from './refusal.ts';

const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
const SHA256_HEX = /^[0-9a-fA-F]{64}$/;

/** The bodies in `aws-chunked` frames: whether each chunk is signed, and whether headers follow the last. */
const STREAMING: ReadonlyMap<string, { readonly signed: boolean; readonly trailer: boolean }> = new Map([
  ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { signed: false, trailer: true }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { signed: true, trailer: false }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', { signed: true, trailer: true }],
]);

/** The last line of an S3 request's canonical form: what the client declares of its body. */
export function declaredPayload(claim: Claim, header: string | string[] | undefined): string | Refusal {
  if (claim.place === 'query') {
    const signedHeader = claim.signedHeaders.includes('x-amz-content-sha256') ? header : undefined;
    return known(claim.parameters.get('X-Amz-Content-Sha256') ?? signedHeader ?? UNSIGNED_PAYLOAD);
  }
  return header === undefined ? { reason: 'no payload hash' } : known(header);
}

function known(value: string | string[]): string | Refusal {
  if (typeof value === 'string') {
    if (value === UNSIGNED_PAYLOAD || SHA256_HEX.test(value) || STREAMING.has(value)) return value;
  }
  return { reason: 'malformed payload hash', value: String(value) };
}

/** What the first chunk's signature follows from. */
export interface ChunkSeed {
  readonly signingKey: Buffer;
  readonly scope: string;
  readonly timestamp: string;
  readonly seedSignature: string;
}

/** What the reader of the body has to check, from what was declared. */
export function payloadOf(declared: string, seed: ChunkSeed): S3Payload {
  if (declared === UNSIGNED_PAYLOAD) return { kind: 'unsigned' };
  const streaming = STREAMING.get(declared);
  if (!streaming) return { kind: 'hash', sha256: declared.toLowerCase() };
  return { kind: 'streaming', ...streaming, ...(streaming.signed ? seed : {}) };
}
