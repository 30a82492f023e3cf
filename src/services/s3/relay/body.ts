import { Readable } from 'node:stream';
import { gather } from '../../../objects/gather.ts';
import { LARGEST_PUT, openBody } from '../body.ts';
import type { S3Call } from '../call.ts';
import { MISSING_CONTENT_LENGTH } from '../errors.ts';
import type { There } from './there.ts';

/** Amazon's store refuses chunks of less than 8 KiB; what comes from a socket may be in smaller ones. */
const PIECE_BYTES = 64 * 1024;

/** A request's body as the SDK sends it on while it comes. S3 wants to know before how long it is. */
export function bodyThere(
  call: S3Call,
  { giveUp }: There,
): { readonly Body: Readable; readonly ContentLength: number } {
  const length = call.header('content-length');
  if (length === undefined) throw MISSING_CONTENT_LENGTH();
  const { bytes } = openBody(call, LARGEST_PUT);
  return {
    Body: Readable.from(
      gather(untilBroken(bytes, giveUp), () => PIECE_BYTES),
      { objectMode: false },
    ),
    ContentLength: Number(length),
  };
}

/**
 * The SDK may wrap a body into another stream, whose errors nobody listens to, which would end this process. So a body that breaks off
 * comes to no end at all, and the request that it belongs to is given up instead.
 */
async function* untilBroken(
  bytes: AsyncIterable<Uint8Array>,
  giveUp: There['giveUp'],
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    giveUp(error as Error);
    await new Promise(() => {});
  }
}
