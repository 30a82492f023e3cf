import { gunzipSync } from 'node:zlib';
import { ServiceError } from '../model/errors.ts';
import type { Exchange } from './exchange.ts';

/** The largest body of a JSON or query request. The largest a client has reason to send is a full PutLogEvents, of about 1 MiB. */
export const LARGEST_BODY = 8 * 1024 * 1024;

/** How long a client may take to send such a body. */
const BODY_DEADLINE_MS = 60_000;

/** The client went away before its request was whole: there is nobody left to answer. */
export class ClientGone extends Error {}

const tooLarge = () =>
  new ServiceError(
    'RequestEntityTooLargeException',
    `The request's body is larger than ${LARGEST_BODY} bytes.`,
    413,
  );

/** Reads a body whole. Rejects with a `ServiceError` where it is too large or too slow, and with `ClientGone`. */
export function readBody(exchange: Exchange): Promise<Buffer> {
  const { request } = exchange;
  if (Number(request.headers['content-length'] ?? 0) > LARGEST_BODY) return Promise.reject(tooLarge());
  exchange.welcomeBody();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const deadline = setTimeout(() => stop(tooSlow()), BODY_DEADLINE_MS);
    const stop = (reason: Error) => {
      clearTimeout(deadline);
      // What is still to come is read and dropped: most clients read no answer before they have sent everything.
      request.off('data', take).resume();
      reject(reason);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > LARGEST_BODY) stop(tooLarge());
      else chunks.push(chunk);
    };
    request.on('data', take);
    request.once('end', () => {
      clearTimeout(deadline);
      const [first] = chunks;
      resolve(chunks.length === 1 && first ? first : Buffer.concat(chunks, size));
    });
    request.once('error', () => stop(new ClientGone()));
    request.once('close', () => {
      if (!request.complete) stop(new ClientGone());
    });
  });
}

const tooSlow = () =>
  new ServiceError('RequestTimeoutException', "The request's body did not arrive within a minute.", 408);

/** The body as it was before a `Content-Encoding`: clients compress large requests (the model's `requestcompression`). */
export function decompressed(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip') {
    throw new ServiceError(
      'MalformedHttpRequestException',
      `Content-Encoding '${encoding}' is not supported: send gzip, or no encoding.`,
    );
  }
  try {
    return gunzipSync(body, { maxOutputLength: LARGEST_BODY });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw new ServiceError('MalformedHttpRequestException', 'The gzip body can not be decompressed.');
  }
}
