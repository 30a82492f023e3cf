import { cbor } from '@smithy/core/cbor';
import type { ServiceError } from '../../model/errors.ts';
import { parse } from '../../model/validator.ts';
import { decompressed, readBody } from '../body.ts';
import type { Authenticator } from '../caller.ts';
import { queryErrorHeader } from '../errors/query-code.ts';
import { asServiceError, type Log } from '../errors/unexpected.ts';
import { unknownOperation } from '../errors/unknown-operation.ts';
import type { Exchange } from '../exchange.ts';
import type { Targets } from '../json/targets.ts';
import { refusedByJsonService } from '../signature/refused-by-aws.ts';
import { readCbor, writeCbor } from './body.ts';
import { PROTOCOL } from './protocol.ts';

/** What the services that speak Smithy's RPC v2 over CBOR are served with. */
export interface CborServices {
  readonly targets: Targets;
  readonly authenticator: Authenticator;
  readonly log: Log;
}

const CONTENT_TYPE = 'application/cbor';

/** Serves a request in Smithy's RPC v2 over CBOR, error or not. */
export async function serveCbor(exchange: Exchange, services: CborServices): Promise<void> {
  try {
    exchange.send(200, CONTENT_TYPE, await climb(exchange, services), PROTOCOL);
  } catch (thrown) {
    sendError(exchange, asServiceError(thrown, exchange, services.log));
  }
}

/** The error ladder, rung by rung. The body is decoded last: decoding is the only costly thing on it. */
async function climb(exchange: Exchange, { targets, authenticator }: CborServices): Promise<Uint8Array> {
  const { operation, output, audience } = targets.find(targetOf(exchange));
  const body = await readBody(exchange);
  const caller = authenticator.authenticate(exchange, audience, refusedByJsonService, body);
  const input = parse(operation.input, readCbor(decompressed(body, exchange.headers['content-encoding'])));
  return writeCbor(output, await operation.run(input as never, caller));
}

/** What the path names, as `X-Amz-Target` would. */
function targetOf({ method, path }: Exchange): string {
  const [, service, operation] = /^\/service\/([^/]+)\/operation\/([^/]+)$/.exec(path) ?? [];
  if (method === 'POST' && service !== undefined) return `${service}.${operation}`;
  throw unknownOperation(
    `Operations are called with POST /service/<name>/operation/<name>, not with ${method} ${path}.`,
  );
}

function sendError(exchange: Exchange, error: ServiceError): void {
  const { code, message, status } = error;
  const body = cbor.serialize({ __type: code, message, Message: message });
  exchange.send(status, CONTENT_TYPE, body, [...PROTOCOL, ...queryErrorHeader(exchange, error)]);
}
