import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError } from '../../model/errors.ts';
import { ObjectStorageError } from '../../objects/object-storage.ts';
import { hostId, identify, sendXml } from './answer.ts';
import { INTERNAL_ERROR, S3Error, storeError } from './errors.ts';
import { buildErrorXml, XML_DECLARATION } from './xml.ts';

/** Whatever was thrown, as the error that a client is told of. What is no refusal of ours is InternalError, without its text. */
export function asS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  if (error instanceof ServiceError) return new S3Error(error.code, error.status, error.message);
  if (error instanceof ObjectStorageError) return storeError(error.code, error.message);
  return INTERNAL_ERROR();
}

/** The `<Error>` element, without an XML declaration. */
export function errorXml(error: S3Error, request: IncomingMessage, requestId: string): string {
  return buildErrorXml({
    Code: error.code,
    Message: error.message,
    ...error.details,
    Resource: (request.url ?? '/').split('?')[0],
    RequestId: requestId,
    HostId: hostId(requestId),
  });
}

/**
 * Tells the client of an error, in S3's words: `<Error>`, or for HEAD the status alone. An answer that had begun can't be taken
 * back: its connection is cut, so that the client sees that the answer is not whole.
 */
export function renderError(
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): void {
  if (response.headersSent) {
    if (!response.writableEnded) response.destroy();
    return;
  }
  const refusal = asS3Error(error);
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  identify(response, requestId);
  response.statusCode = refusal.status;
  if (refusal.status === 416 && refusal.details.ActualObjectSize !== undefined) {
    response.setHeader('content-range', `bytes */${refusal.details.ActualObjectSize}`);
  }
  sendXml(XML_DECLARATION + errorXml(refusal, request, requestId), request, response);
}
