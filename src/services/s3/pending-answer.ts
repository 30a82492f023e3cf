import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { type Answer, send, setHeaders } from './answer.ts';
import { asS3Error, errorXml } from './render-error.ts';
import { buildXml, XML_DECLARATION } from './xml.ts';

/** Who waits for an answer, and how long the connection may be silent. */
export interface PendingReceiver {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Milliseconds after which the client is shown that the server is still there, again and again. */
  readonly silence: number;
}

/**
 * Sends an answer that may take long. When it takes longer than the silence that a client bears, status 200 and the start of an XML
 * document go ahead, then a space now and then; an error that comes after that is the document, under the status 200
 * (S3 API reference, CompleteMultipartUpload: "a request could return a 200 OK response and then … an error"). Rejects with the
 * error either way.
 */
export async function sendPending(
  early: Answer,
  pending: Promise<Answer>,
  receiver: PendingReceiver,
): Promise<void> {
  const { request, response, silence } = receiver;
  setHeaders(early, response);
  const keepAlive = setInterval(() => showLife(response), silence);
  try {
    const answer = await pending;
    if (response.headersSent) response.end(documentOf(answer));
    else await send(answer, request, response);
  } catch (error) {
    if (response.headersSent) response.end(errorXml(asS3Error(error), request, receiver.requestId));
    throw error;
  } finally {
    clearInterval(keepAlive);
  }
}

function showLife(response: ServerResponse): void {
  if (response.headersSent) {
    response.write(' ');
    return;
  }
  response.setHeader('content-type', 'application/xml');
  response.writeHead(200);
  response.write(XML_DECLARATION);
}

const documentOf = ({ body }: Answer): string =>
  body === undefined || body instanceof Readable ? '' : buildXml(body);
