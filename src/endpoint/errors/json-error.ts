import type { ServiceError } from '../../model/errors.ts';
import type { Exchange } from '../exchange.ts';

/** An error as AWS's JSON protocols tell it. Both spellings of the message, because modelled errors have the capital one. */
export function sendJsonError(exchange: Exchange, error: ServiceError, contentType: string): void {
  const { code, message, status } = error;
  exchange.send(status, contentType, JSON.stringify({ __type: code, message, Message: message }), code);
}
