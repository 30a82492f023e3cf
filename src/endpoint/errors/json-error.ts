import type { ServiceError } from '../../model/errors.ts';
import type { Exchange } from '../exchange.ts';
import { queryErrorHeader } from './query-code.ts';

/** An error as AWS's JSON protocols tell it. Both spellings of the message, because modelled errors have the capital one. */
export function sendJsonError(exchange: Exchange, error: ServiceError, contentType: string): void {
  const { code, message, status } = error;
  const body = JSON.stringify({ __type: code, message, Message: message });
  exchange.send(status, contentType, body, ['x-amzn-ErrorType', code, ...queryErrorHeader(exchange, error)]);
}
