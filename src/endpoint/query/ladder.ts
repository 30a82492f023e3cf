import { parse } from '../../model/validator.ts';
import { decompressed, readBody } from '../body.ts';
import type { Authenticator } from '../caller.ts';
import { sendQueryError } from '../errors/query-error.ts';
import { asServiceError, type Log } from '../errors/unexpected.ts';
import type { Exchange } from '../exchange.ts';
import { refusedByQueryService } from '../signature/refused-by-aws.ts';
import { type Action, findAction, findService, type QueryService } from './actions.ts';
import { readFields, readInput } from './form.ts';
import { resultContent } from './result.ts';
import { buildXml } from './xml.ts';

/** What the query services' requests are served with. */
export interface QueryServices {
  /** By API version. */
  readonly services: ReadonlyMap<string, QueryService>;
  readonly authenticator: Authenticator;
  readonly log: Log;
}

/** Serves a request in the query protocol (a form in, XML out), error or not. */
export async function serveQuery(exchange: Exchange, services: QueryServices): Promise<void> {
  // Errors are in the namespace of the service, as soon as it is known.
  const addressed: { namespace?: string } = {};
  try {
    exchange.send(200, 'text/xml', await climb(exchange, services, addressed));
  } catch (thrown) {
    sendQueryError(exchange, asServiceError(thrown, exchange, services.log), addressed.namespace);
  }
}

/** The error ladder of the query services, rung by rung. */
async function climb(
  exchange: Exchange,
  { services, authenticator }: QueryServices,
  addressed: { namespace?: string },
): Promise<string> {
  const body = await readBody(exchange);
  const form = decompressed(body, exchange.headers['content-encoding']).toString();
  const fields = readFields(exchange.method === 'POST' && form !== '' ? form : exchange.query);
  const service = findService(services, fields);
  addressed.namespace = service.namespace;
  const caller = authenticator.authenticate(exchange, service.audience, refusedByQueryService, body);
  const action = findAction(service, fields);
  const input = parse(action.operation.input, readInput(action.operation.input, fields));
  const output: unknown = await action.operation.run(input as never, caller);
  return answer(action, service.namespace, output, caller.requestId);
}

function answer({ name, output }: Action, namespace: string, result: unknown, requestId: string): string {
  return buildXml(`${name}Response`, namespace, {
    ...(output === null ? {} : { [`${name}Result`]: resultContent(output, result) }),
    ResponseMetadata: { RequestId: requestId },
  });
}
