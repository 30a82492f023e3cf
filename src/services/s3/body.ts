import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { decodeAwsChunked } from './aws-chunked.ts';
import type { S3Call } from './call.ts';
import {
  CONTENT_SHA256_MISMATCH,
  ENTITY_TOO_LARGE,
  INCOMPLETE_BODY,
  invalidRequest,
  MISSING_CONTENT_LENGTH,
} from './errors.ts';

/** The most bytes of one PutObject or UploadPart (S3 user guide, "Uploading objects": 5 GB, which S3 counts as 5 GiB). */
export const LARGEST_PUT = 5 * 1024 ** 3;

/** A request's body: the client's bytes without their framing, verified as they pass. */
export interface Body {
  /** May be read once. Ends in an error when the body is not the one that was signed or announced. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The trailing fields that the request announces, lower-cased. */
  readonly trailerNames: readonly string[];
  /** A trailing field, once `bytes` has ended. */
  trailer(name: string): string | undefined;
}

export function openBody(call: S3Call, largest: number): Body {
  const { payload } = call.context;
  const length = announcedLength(call);
  if (length !== undefined && length > largest) throw tooLarge(length, largest);
  const trailerNames = announcedTrailers(call);
  const trailers = new Map<string, string>();
  const trailer = (name: string) => trailers.get(name);
  const received = receivedBytes(call.request);
  if (payload.kind !== 'streaming') {
    const bytes = payload.kind === 'hash' ? matching(received, payload.sha256) : received;
    return { bytes: atMost(bytes, largest), trailerNames, trailer };
  }
  const decodedLength = length ?? 0;
  const bytes = decodeAwsChunked(received, { payload, decodedLength, trailerNames }, trailers);
  return { bytes, trailerNames, trailer };
}

/** How long the content is said to be; unknown for a body that only HTTP's own chunks delimit. */
function announcedLength(call: S3Call): number | undefined {
  const streaming = call.context.payload.kind === 'streaming';
  const text = call.header(streaming ? 'x-amz-decoded-content-length' : 'content-length');
  if (text !== undefined && /^\d{1,15}$/.test(text)) return Number(text);
  if (text === undefined && !streaming && call.header('transfer-encoding') !== undefined) return undefined;
  throw MISSING_CONTENT_LENGTH();
}

function announcedTrailers(call: S3Call): string[] {
  const { payload } = call.context;
  const names = (call.header('x-amz-trailer') ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const announced = names.filter((name) => name !== '');
  if (announced.length > 0 && !(payload.kind === 'streaming' && payload.trailer)) {
    throw invalidRequest('x-amz-trailer needs an x-amz-content-sha256 that ends in -TRAILER');
  }
  return announced;
}

/** The bytes as they come. Leaving off early leaves the connection whole, for the answer has still to go back on it. */
async function* receivedBytes(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    yield* request.iterator({ destroyOnReturn: false });
  } catch {
    // The client hung up before the end that it had announced.
    throw INCOMPLETE_BODY();
  }
}

async function* matching(bytes: AsyncIterable<Uint8Array>, sha256: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
  const computed = hash.digest('hex');
  if (computed === sha256.toLowerCase()) return;
  throw CONTENT_SHA256_MISMATCH({
    ClientComputedContentSHA256: sha256,
    S3ComputedContentSHA256: computed,
  });
}

async function* atMost(bytes: AsyncIterable<Uint8Array>, largest: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    if (size > largest) throw tooLarge(size, largest);
    yield chunk;
  }
}

const tooLarge = (size: number, largest: number) =>
  ENTITY_TOO_LARGE({ ProposedSize: size, MaxSizeAllowed: largest });
