import { createHash, createHmac, type Hash, timingSafeEqual } from 'node:crypto';
import { SIGNATURE_DOES_NOT_MATCH } from './errors.ts';
import type { StreamingPayload } from './payload.ts';

const EMPTY_SHA256 = createHash('sha256').digest('hex');

/**
 * The signatures of an aws-chunked body, each of which follows from the one before it (S3 API reference, "Signature calculations
 * for the Authorization header: transferring payload in multiple chunks", and "… including trailing headers").
 */
export class ChunkSignatures {
  readonly #key: Buffer;
  readonly #timestamp: string;
  readonly #scope: string;
  #previous: string;

  constructor(payload: StreamingPayload) {
    const { signingKey, timestamp, scope, seedSignature } = payload;
    if (!signingKey || !timestamp || !scope || !seedSignature) {
      throw new Error(
        'a signed streaming payload needs its signing key, timestamp, scope and seed signature',
      );
    }
    this.#key = signingKey;
    this.#timestamp = timestamp;
    this.#scope = scope;
    this.#previous = seedSignature;
  }

  /** Throws SignatureDoesNotMatch unless `signature` is the next chunk's, whose bytes `content` has been fed. */
  verifyChunk(signature: string, content: Hash): void {
    this.#verify(signature, 'AWS4-HMAC-SHA256-PAYLOAD', [EMPTY_SHA256, content.digest('hex')]);
  }

  /** The same for the trailing header fields, written as `name:value\n` in the order in which they came. */
  verifyTrailer(signature: string, canonical: string): void {
    this.#verify(signature, 'AWS4-HMAC-SHA256-TRAILER', [
      createHash('sha256').update(canonical).digest('hex'),
    ]);
  }

  #verify(signature: string, kind: string, hashes: readonly string[]): void {
    const text = [kind, this.#timestamp, this.#scope, this.#previous, ...hashes].join('\n');
    const expected = createHmac('sha256', this.#key).update(text).digest();
    const given = Buffer.from(signature, 'hex');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw SIGNATURE_DOES_NOT_MATCH();
    }
    this.#previous = signature;
  }
}
