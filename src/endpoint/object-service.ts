import type { IncomingMessage, ServerResponse } from 'node:http';
import type { S3Payload } from '../services/s3/payload.ts';
import type { RequestContext } from '../services/service.ts';

/** Who asks for an object, and what the signature says of the request's body, which is still to be read. */
export interface ObjectRequestContext extends RequestContext {
  readonly payload: S3Payload;
}

/** S3. It streams, so it reads its requests and writes its answers itself; the endpoint sees to who the caller is. */
export interface ObjectService {
  /** Serves a request whose signature holds. */
  handle(request: IncomingMessage, response: ServerResponse, context: ObjectRequestContext): Promise<void>;
  /** Tells the client of an error, of the signature's or any other, in S3's XML. */
  renderError(error: unknown, request: IncomingMessage, response: ServerResponse, requestId: string): void;
}
