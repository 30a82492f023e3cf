import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { buildXml, XML_DECLARATION, type XmlDocument } from './xml.ts';

/** What an operation answers. */
export interface Answer {
  readonly status: number;
  /** An absent value is left out. */
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: XmlDocument | Readable;
  /** What adds to this answer once it is known, which may take long. Its body is XML. */
  readonly pending?: Promise<Answer>;
}

export const xmlAnswer = (
  root: string,
  content: XmlDocument['content'],
  headers: Answer['headers'] = {},
): Answer => ({ status: 200, headers, body: { root, content } });

/** S3's second request id, which names the host that answered; there is one host, so it follows from the first. */
export const hostId = (requestId: string): string => Buffer.from(`trainyard/${requestId}`).toString('base64');

/** Sets what every answer of S3's carries. */
export function identify(response: ServerResponse, requestId: string): void {
  response.setHeader('x-amz-request-id', requestId);
  response.setHeader('x-amz-id-2', hostId(requestId));
}

/** Sends an answer. Resolves when its last byte is handed over; rejects when the body can't be read or the client is gone. */
export async function send(
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  setHeaders(answer, response);
  response.statusCode = answer.status;
  const { body } = answer;
  if (body instanceof Readable) await pipeline(body, response);
  else if (body) sendXml(XML_DECLARATION + buildXml(body), request, response);
  else response.end();
}

/** Sends a whole XML text; to HEAD only the headers. */
export function sendXml(text: string, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('content-type', 'application/xml');
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}

export function setHeaders(answer: Answer, response: ServerResponse): void {
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (value !== undefined) response.setHeader(name, value);
  }
}
