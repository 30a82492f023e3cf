import type { ServiceError } from '../../model/errors.ts';
import type { Exchange } from '../exchange.ts';
import { buildXml } from '../query/xml.ts';

/** Codes that the query protocol has another name for. */
const QUERY_CODES: ReadonlyMap<string, string> = new Map([
  ['ValidationException', 'ValidationError'],
  ['SerializationException', 'MalformedInput'],
]);

/** Where no service's own namespace is known yet. */
const COMMON_NAMESPACE = 'http://webservices.amazon.com/AWSFault/2005-15-09';

/** An error as AWS's query protocol tells it. */
export function sendQueryError(exchange: Exchange, error: ServiceError, namespace = COMMON_NAMESPACE): void {
  const code = QUERY_CODES.get(error.code) ?? error.code;
  const type = error.status < 500 ? 'Sender' : 'Receiver';
  const content = {
    Error: { Type: type, Code: code, Message: error.message },
    RequestId: exchange.requestId,
  };
  exchange.send(error.status, 'text/xml', buildXml('ErrorResponse', namespace, content), code);
}
