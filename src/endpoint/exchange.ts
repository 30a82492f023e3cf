import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { SignedRequest } from './signature/verifier.ts';

/** One request on its way through the endpoint, with its id and the one way to answer it. */
export class Exchange implements SignedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string = randomUUID();
  readonly method: string;
  /** Raw: still encoded, without the query string. */
  readonly path: string;
  /** Raw, without its question mark. */
  readonly query: string;
  readonly #keepsAlive: boolean;
  #awaitsContinue: boolean;

  /** `awaitsContinue`: the client holds its body back until it is told to go on (`Expect: 100-continue`). */
  constructor(request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean) {
    this.request = request;
    this.response = response;
    this.method = request.method ?? 'GET';
    const url = originForm(request);
    const question = url.indexOf('?');
    this.path = question < 0 ? url : url.slice(0, question);
    this.query = question < 0 ? '' : url.slice(question + 1);
    this.#awaitsContinue = awaitsContinue;
    this.#keepsAlive = response.shouldKeepAlive;
    // Whoever answers without having asked for the body can't tell it from the next request.
    if (awaitsContinue) response.shouldKeepAlive = false;
  }

  get headers(): IncomingHttpHeaders {
    return this.request.headers;
  }

  get rawHeaders(): readonly string[] {
    return this.request.rawHeaders;
  }

  /** Tells a client that holds its body back to send it. */
  welcomeBody(): void {
    if (!this.#awaitsContinue) return;
    this.#awaitsContinue = false;
    this.response.shouldKeepAlive = this.#keepsAlive;
    this.response.writeContinue();
  }

  /** Answers in a single write. `more` are names and values of further headers. */
  send(status: number, contentType: string, body: string | Uint8Array, more: readonly string[] = []): void {
    const headers = ['x-amzn-RequestId', this.requestId, 'Content-Type', contentType, ...more];
    headers.push('Content-Length', String(Buffer.byteLength(body)));
    this.response.writeHead(status, headers);
    this.response.end(body);
  }
}

/** The request's target without the scheme and host that a client may put before it when it takes us for a proxy. */
function originForm(request: IncomingMessage): string {
  const { url = '/' } = request;
  if (url.startsWith('/')) return url;
  const afterHost = /^https?:\/\/[^/?]*(.*)$/i.exec(url)?.[1] ?? '/';
  request.url = afterHost.startsWith('/') ? afterHost : `/${afterHost}`;
  return request.url;
}
