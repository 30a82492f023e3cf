import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from '../model/errors.ts';
import type { OwnService } from '../services/own-service.ts';
import { type Authenticator, type AuthenticatorOptions, authenticatorOf } from './caller.ts';
import type { CborServices } from './cbor/ladder.ts';
import { speaksCbor } from './cbor/protocol.ts';
import { sendJsonError } from './errors/json-error.ts';
import { type Log, reportFault } from './errors/unexpected.ts';
import { unknownOperation } from './errors/unknown-operation.ts';
import type { Exchange } from './exchange.ts';
import { type JsonServices, serveJson } from './json/ladder.ts';
import { Targets } from './json/targets.ts';
import type { ObjectService } from './object-service.ts';
import { serveOwn } from './own/serve-own.ts';
import { queryServices } from './query/actions.ts';
import { type QueryServices, serveQuery } from './query/ladder.ts';
import { type RestServices, routeOf, serveRest } from './rest-json/ladder.ts';
import { restRoutes } from './rest-json/routes.ts';
import type { Services } from './services.ts';
import { refusedByS3 } from './signature/refused-by-s3.ts';

/** What is served on the endpoint's port, and to whom. */
export interface DispatchOptions extends AuthenticatorOptions {
  readonly services: Services;
  readonly objects: ObjectService;
  /** The server's own API: signed for the service `trainyard`, by the owner. */
  readonly own?: OwnService;
  /** Serves what else lies below `/_trainyard/` (no bucket can have that name), but for the health check. Unsigned: it sees to who may. */
  readonly pages?: (exchange: Exchange) => void | Promise<void>;
  readonly log: Log;
}

/** Serves one exchange, whatever its protocol. Never rejects. */
export type Dispatch = (exchange: Exchange) => Promise<void>;

const OWN_PATHS = '/_trainyard/';

export function createDispatch(options: DispatchOptions): Dispatch {
  const { services, log } = options;
  const authenticator = authenticatorOf(options);
  const audienceOf = (service: string) => authenticator.audience(service);
  const rpc: JsonServices & CborServices = {
    targets: new Targets(services, audienceOf),
    authenticator,
    log,
  };
  const query: QueryServices = { services: queryServices(services, audienceOf), authenticator, log };
  const rest: RestServices = { routes: restRoutes(services, audienceOf), authenticator, log };
  return (exchange) => {
    const route = routeOf(rest, exchange);
    if (route) return serveRest(exchange, route, rest);
    switch (protocolOf(exchange)) {
      case 'json':
        return serveJson(exchange, rpc);
      case 'cbor':
        return serveCbor(exchange, rpc);
      case 'query':
        return serveQuery(exchange, query);
      case 'page':
        return sendToPage(exchange);
      case 's3':
        return serveObjects(exchange, authenticator, options);
      case 'own':
        return serveOwnPath(exchange, authenticator, options);
      case 'none':
        return refuseProtocol(exchange);
    }
  };
}

type Protocol = 'json' | 'cbor' | 'query' | 'page' | 's3' | 'own' | 'none';

/** Which protocol a request speaks (wire API §1). One port serves all, and what is none of the others is for S3. */
function protocolOf(exchange: Exchange): Protocol {
  const { method, path, query, headers } = exchange;
  if (headers['x-amz-target'] !== undefined) return 'json';
  if (path.startsWith(OWN_PATHS)) return 'own';
  if (speaksCbor(exchange)) return 'cbor';
  if (path === '/') {
    const contentType = headers['content-type'];
    if (contentType?.startsWith('application/x-amz-json')) return 'json';
    if (method === 'POST' && contentType?.startsWith('application/x-www-form-urlencoded')) return 'query';
    if (query.startsWith('Action=') || query.includes('&Action=')) return 'query';
    if (method === 'GET' && query === '' && isBrowser(headers)) return 'page';
  }
  const service = signedService(headers.authorization) ?? 's3';
  return service !== 's3' || headers['smithy-protocol'] !== undefined ? 'none' : 's3';
}

/** Loaded when it is needed: few clients speak it, and its library is large. */
async function serveCbor(exchange: Exchange, services: CborServices): Promise<void> {
  const ladder = await import('./cbor/ladder.ts');
  return ladder.serveCbor(exchange, services);
}

/** A person who typed the server's address: S3's clients sign, and none of them asks for HTML. */
const isBrowser = ({ accept, authorization }: IncomingHttpHeaders): boolean =>
  authorization === undefined && accept?.split(',')[0] === 'text/html';

async function sendToPage({ response }: Exchange): Promise<void> {
  response.writeHead(302, { Location: OWN_PATHS, 'Content-Length': 0 }).end();
}

/** The service that a signature claims to be made out to. */
const signedService = (authorization = ''): string | undefined =>
  authorization.startsWith('AWS4-') ? /\/([^/,]+)\/aws4_request/.exec(authorization)?.[1] : undefined;

/** A service, or a protocol of one, that isn't served here: told in the protocol that most of them read. */
async function refuseProtocol(exchange: Exchange): Promise<void> {
  const { method, path, headers } = exchange;
  const service = signedService(headers.authorization) ?? 'any service';
  const error = unknownOperation(`This server does not serve ${method} ${path} of ${service}.`);
  sendJsonError(exchange, error, 'application/x-amz-json-1.1');
}

async function serveObjects(
  exchange: Exchange,
  authenticator: Authenticator,
  { objects, log }: DispatchOptions,
): Promise<void> {
  const { request, response, requestId } = exchange;
  try {
    const caller = authenticator.authenticate(exchange, authenticator.audience('s3'), refusedByS3);
    exchange.welcomeBody();
    await objects.handle(request, response, caller);
  } catch (thrown) {
    if (!(thrown instanceof ServiceError)) reportFault(thrown, exchange, log);
    objects.renderError(thrown, request, response, requestId);
  }
}

function serveOwnPath(
  exchange: Exchange,
  authenticator: Authenticator,
  options: DispatchOptions,
): Promise<void> {
  const operation = options.own?.get(`${exchange.method} ${exchange.path}`);
  return operation
    ? serveOwn(exchange, operation, { authenticator, log: options.log })
    : servePages(exchange, options);
}

async function servePages(exchange: Exchange, { pages, log }: DispatchOptions): Promise<void> {
  const { response, path } = exchange;
  exchange.welcomeBody();
  if (path === `${OWN_PATHS}health`) return exchange.send(200, 'text/plain', 'ok\n');
  if (!pages) return exchange.send(404, 'text/plain', 'Not Found\n');
  try {
    await pages(exchange);
  } catch (thrown) {
    reportFault(thrown, exchange, log);
    if (response.headersSent) response.destroy();
    else exchange.send(500, 'text/plain', `Internal Server Error (request ${exchange.requestId})\n`);
  }
}
