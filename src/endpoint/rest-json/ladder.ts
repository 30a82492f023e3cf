import { parse } from '../../model/validator.ts';
import { decompressed, readBody } from '../body.ts';
import type { Authenticator } from '../caller.ts';
import { sendJsonError } from '../errors/json-error.ts';
import { asServiceError, type Log } from '../errors/unexpected.ts';
import type { Exchange } from '../exchange.ts';
import { parseJson } from '../json/parse-json.ts';
import { refusedByJsonService } from '../signature/refused-by-aws.ts';
import type { Route } from './routes.ts';

/** What the REST services' requests are served with. */
export interface RestServices {
  readonly routes: ReadonlyMap<string, Route>;
  readonly authenticator: Authenticator;
  readonly log: Log;
}

const CONTENT_TYPE = 'application/json';

/** The operation that a request's method and path name. */
export const routeOf = ({ routes }: RestServices, { method, path }: Exchange): Route | undefined =>
  routes.get(`${method} ${path}`);

/** Serves a request to an operation whose whole input is a JSON body, error or not. */
export async function serveRest(exchange: Exchange, route: Route, services: RestServices): Promise<void> {
  try {
    exchange.send(200, CONTENT_TYPE, await climb(exchange, route, services.authenticator));
  } catch (thrown) {
    sendJsonError(exchange, asServiceError(thrown, exchange, services.log), CONTENT_TYPE);
  }
}

/** The error ladder, rung by rung. */
async function climb(exchange: Exchange, route: Route, authenticator: Authenticator): Promise<string> {
  const body = await readBody(exchange);
  const value = parseJson(decompressed(body, exchange.headers['content-encoding']));
  const caller = authenticator.authenticate(exchange, route.audience, refusedByJsonService, body);
  const input = parse(route.operation.input, value);
  const output: unknown = await route.operation.run(input as never, caller);
  return JSON.stringify(output ?? {});
}
