import { ServiceError } from '../../model/errors.ts';
import { ClientGone } from '../body.ts';
import type { Exchange } from '../exchange.ts';

/** Where the server writes what its operator should know of. */
export type Log = (message: string) => void;

/** Whatever was thrown, as the error that the client is told of; what is no refusal of ours is a fault of ours, and logged. */
export function asServiceError(thrown: unknown, exchange: Exchange, log: Log): ServiceError {
  if (thrown instanceof ServiceError) return thrown;
  reportFault(thrown, exchange, log);
  return new ServiceError(
    'InternalFailure',
    `The request could not be served because of a fault of this server. Its log has more under the request id ${exchange.requestId}.`,
    500,
  );
}

/** One entry of the log for something that should not have happened. A client that went away is nothing of the kind. */
export function reportFault(thrown: unknown, exchange: Exchange, log: Log): void {
  if (isBrokenConnection(thrown, exchange)) return;
  const { method, path, requestId, headers } = exchange;
  const target = String(headers['x-amz-target'] ?? `${method} ${path}`);
  const trace = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  log(`InternalFailure in ${target}, request ${requestId}: ${trace}`);
}

/** What Node throws at whoever reads a request or writes an answer when the other side is gone. */
const BROKEN = new Set([
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_DESTROYED',
  'ABORT_ERR',
]);

function isBrokenConnection(thrown: unknown, { request }: Exchange): boolean {
  if (thrown instanceof ClientGone) return true;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return BROKEN.has(code) && request.socket.destroyed;
}
