import { createHash, type Hash } from 'node:crypto';
import { ByteSource } from './byte-source.ts';
import { ChunkSignatures } from './chunk-signatures.ts';
import {
  INCOMPLETE_BODY,
  INVALID_CHUNK_SIZE,
  MALFORMED_TRAILER,
  SIGNATURE_DOES_NOT_MATCH,
} from './errors.ts';
import type { StreamingPayload } from './payload.ts';

/** Only the last chunk with bytes may be smaller (S3 API reference, "transferring payload in multiple chunks"). */
const SMALLEST_CHUNK = 8192;
const LONGEST_LINE = 1024;
const MOST_TRAILERS = 16;

export interface AwsChunkedOptions {
  readonly payload: StreamingPayload;
  /** `x-amz-decoded-content-length`: what the chunks must add up to. */
  readonly decodedLength: number;
  /** The names in `x-amz-trailer`, lower-cased: each must come, and no other may. */
  readonly trailerNames: readonly string[];
}

interface ChunkHeader {
  readonly size: number;
  readonly signature: string;
}

/**
 * The bytes inside an aws-chunked body. They are handed on before their chunk's signature is checked, as the store forgets what
 * it was given when a body ends in an error. Ends only after the whole frame, with the trailing fields in `trailers`.
 */
export async function* decodeAwsChunked(
  body: AsyncIterable<Uint8Array>,
  options: AwsChunkedOptions,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const { payload, decodedLength } = options;
  const signatures = payload.signed ? new ChunkSignatures(payload) : undefined;
  const source = new ByteSource(body);
  let left = decodedLength;
  let previous = SMALLEST_CHUNK;
  try {
    for (;;) {
      const header = await readChunkHeader(source, payload.signed);
      if (header.size > left)
        throw INCOMPLETE_BODY({}, 'The chunks hold more than x-amz-decoded-content-length');
      left -= header.size;
      if (header.size > 0 && previous < SMALLEST_CHUNK) throw INVALID_CHUNK_SIZE();
      previous = header.size;
      const hash = signatures && createHash('sha256');
      yield* hashed(source.take(header.size), hash);
      if (signatures && hash) signatures.verifyChunk(header.signature, hash);
      if (header.size === 0) break;
      if (!(await source.lineEnd())) throw INVALID_CHUNK_SIZE({}, 'A chunk does not end where its size says');
    }
    if (left > 0) throw INCOMPLETE_BODY({}, 'The chunks hold less than x-amz-decoded-content-length');
    await readTrailers(source, options, trailers, signatures);
    if (!(await source.ended())) throw MALFORMED_TRAILER({}, 'Something follows the end of the chunked body');
  } finally {
    await source.close();
  }
}

async function* hashed(chunks: AsyncIterable<Buffer>, hash: Hash | undefined): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash?.update(chunk);
    yield chunk;
  }
}

async function readChunkHeader(source: ByteSource, signed: boolean): Promise<ChunkHeader> {
  const line = await source.line(LONGEST_LINE);
  const match = /^([0-9a-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(line ?? '');
  if (!match?.[1]) throw INVALID_CHUNK_SIZE({}, 'A chunk does not begin with its size');
  const signature = match[2];
  if (signed && signature === undefined) throw SIGNATURE_DOES_NOT_MATCH({}, 'A chunk carries no signature');
  return { size: Number.parseInt(match[1], 16), signature: signature ?? '' };
}

/** The lines after the last chunk, to the empty one that ends the body. */
async function readTrailers(
  source: ByteSource,
  { payload, trailerNames }: AwsChunkedOptions,
  trailers: Map<string, string>,
  signatures: ChunkSignatures | undefined,
): Promise<void> {
  const { fields, signature } = await readFields(source);
  const declared = payload.trailer ? trailerNames : [];
  if (fields.length !== declared.length || fields.some(([name]) => !declared.includes(name))) {
    throw MALFORMED_TRAILER();
  }
  for (const [name, value] of fields) trailers.set(name, value);
  if (trailers.size !== fields.length) throw MALFORMED_TRAILER();
  if (signatures && payload.trailer) {
    signatures.verifyTrailer(signature ?? '', fields.map(([name, value]) => `${name}:${value}\n`).join(''));
  } else if (signature !== undefined) {
    throw MALFORMED_TRAILER();
  }
}

async function readFields(source: ByteSource): Promise<{
  fields: [name: string, value: string][];
  signature?: string;
}> {
  const fields: [string, string][] = [];
  let signature: string | undefined;
  for (let count = 0; count <= MOST_TRAILERS; count++) {
    const line = await source.line(LONGEST_LINE);
    if (line === '') return { fields, ...(signature !== undefined && { signature }) };
    // The value may end in a line feed of its own: S3's documentation frames trailers so.
    const match = /^([a-z0-9-]+):\s*(.*?)\s*$/is.exec(line ?? '');
    if (!match?.[1] || match[2] === undefined || signature !== undefined) throw MALFORMED_TRAILER();
    const name = match[1].toLowerCase();
    if (name === 'x-amz-trailer-signature') signature = match[2];
    else fields.push([name, match[2]]);
  }
  throw MALFORMED_TRAILER();
}
