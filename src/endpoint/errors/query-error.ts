import type { ServiceError } from '../../model/errors.ts';
import type { Exchange } from '../exchange.ts';
import { buildXml } from '../query/xml.ts';
import { queryCode } from './query-code.ts';

/** Where no service's own namespace is known yet. */
const COMMON_NAMESPACE = 'http://webservices.amazon.com/AWSFault/2005-15-09';

/** An error as AWS's query protocol tells it. */
export function sendQueryError(exchange: Exchange, error: ServiceError, namespace = COMMON_NAMESPACE): void {
  const code = queryCode(error.code);
  const type = error.status < 500 ? 'Sender' : 'Receiver';
  const content = {
    Error: { Type: type, Code: code, Message: error.message },
    RequestId: exchange.requestId,
  };
  exchange.send(error.status, 'text/xml', buildXml('ErrorResponse', namespace, content), [
    'x-amzn-ErrorType',
    code,
  ]);
}
