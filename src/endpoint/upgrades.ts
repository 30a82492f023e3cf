import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { ServiceError } from '../model/errors.ts';
import { OWN_SERVICE } from '../services/own-service.ts';
import { type Authenticator, requireOwner } from './caller.ts';
import { STATUS_CODES } from './node-http.ts';
import { refusedByJsonService } from './signature/refused-by-aws.ts';

/** A connection that a client wants to speak another protocol on, and may. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What came after the request's head. */
  readonly head: Buffer;
  readonly path: string;
  readonly parameters: URLSearchParams;
}

/** Takes a connection over. What it throws is the answer to the request. */
export type UpgradeHandler = (upgrade: Upgrade) => void | Promise<void>;

/**
 * Lets the account's owner change the protocol of a connection: whoever else asks is refused as a JSON service would refuse the
 * request. Never rejects.
 */
export async function serveUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  authenticator: Authenticator,
  handle: UpgradeHandler | undefined,
): Promise<void> {
  socket.on('error', () => socket.destroy());
  try {
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    if (!handle) throw new ServiceError('UnknownOperationException', `There is nothing at ${path}.`, 404);
    const { method = 'GET', headers, rawHeaders } = request;
    const signed = { requestId: randomUUID(), method, path, query, headers, rawHeaders };
    const audience = authenticator.audience(OWN_SERVICE);
    const caller = authenticator.authenticate(signed, audience, refusedByJsonService, Buffer.alloc(0));
    requireOwner(caller);
    await handle({ request, socket, head, path, parameters: new URLSearchParams(query) });
  } catch (thrown) {
    refuse(socket, thrown);
  }
}

function refuse(socket: Duplex, thrown: unknown): void {
  const { code, message, status } =
    thrown instanceof ServiceError
      ? thrown
      : new ServiceError('InternalFailure', 'A fault of this server.', 500);
  const body = JSON.stringify({ __type: code, message });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: application/x-amz-json-1.1',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
