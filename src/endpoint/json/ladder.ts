import { ServiceError } from '../../model/errors.ts';
import { parse } from '../../model/validator.ts';
import { JsonText } from '../../services/service.ts';
import { decompressed, readBody } from '../body.ts';
import type { Authenticator } from '../caller.ts';
import { sendJsonError } from '../errors/json-error.ts';
import { asServiceError, type Log } from '../errors/unexpected.ts';
import { unknownOperation } from '../errors/unknown-operation.ts';
import type { Exchange } from '../exchange.ts';
import { refusedByJsonService } from '../signature/refused-by-aws.ts';
import { parseJson } from './parse-json.ts';
import type { Targets } from './targets.ts';

/** What the JSON services' requests are served with. */
export interface JsonServices {
  readonly targets: Targets;
  readonly authenticator: Authenticator;
  readonly log: Log;
}

/** Serves a request to a JSON service (AWS JSON 1.1 and 1.0), error or not. */
export async function serveJson(exchange: Exchange, services: JsonServices): Promise<void> {
  const contentType = answeredContentType(exchange);
  try {
    exchange.send(200, contentType, await climb(exchange, services));
  } catch (thrown) {
    sendJsonError(exchange, asServiceError(thrown, exchange, services.log), contentType);
  }
}

/** The error ladder of AWS's JSON services, rung by rung: a request gets the error of the first that doesn't hold. */
async function climb(exchange: Exchange, { targets, authenticator }: JsonServices): Promise<string> {
  requirePostToRoot(exchange);
  const body = await readBody(exchange);
  requireJson(exchange);
  const value = parseJson(decompressed(body, exchange.headers['content-encoding']));
  const { operation, audience } = targets.find(exchange.headers['x-amz-target']);
  const caller = authenticator.authenticate(exchange, audience, refusedByJsonService, body);
  const input = parse(operation.input, value);
  const output: unknown = await operation.run(input as never, caller);
  if (output instanceof JsonText) return output.text;
  return output === undefined ? '' : JSON.stringify(output);
}

function requirePostToRoot({ method, path }: Exchange): void {
  if (method === 'POST' && path === '/') return;
  throw unknownOperation(`Operations of JSON services are called with POST /, not with ${method} ${path}.`);
}

const JSON_1_1 = 'application/x-amz-json-1.1';
const JSON_1_0 = 'application/x-amz-json-1.0';

function requireJson({ headers }: Exchange): void {
  const contentType = headers['content-type'];
  if (contentType === JSON_1_1 || contentType === JSON_1_0) return;
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === JSON_1_1 || mediaType === JSON_1_0 || mediaType === 'application/json') return;
  throw new ServiceError(
    'SerializationException',
    `The Content-Type of a request to a JSON service is ${JSON_1_1}.`,
  );
}

/** Answers are in the version of the protocol that the request is in. */
const answeredContentType = ({ headers }: Exchange): string =>
  headers['content-type']?.startsWith(JSON_1_0) ? JSON_1_0 : JSON_1_1;
