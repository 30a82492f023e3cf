import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { authenticatorOf } from './caller.ts';
import { createDispatch, type Dispatch, type DispatchOptions } from './dispatch.ts';
import { type Log, reportFault } from './errors/unexpected.ts';
import { Exchange } from './exchange.ts';
import { createServer } from './node-http.ts';
import { serveUpgrade, type UpgradeHandler } from './upgrades.ts';

export interface EndpointOptions extends DispatchOptions {
  /** Takes over connections whose protocol the account's owner wants to change. Absent: nobody may. */
  readonly upgrades?: UpgradeHandler;
  /** Takes CONNECT requests; the connections that it hands to `serve` are served as those of the port itself. Absent: refused. */
  readonly proxy?: {
    connect(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      serve: (socket: Duplex) => void,
    ): Promise<void>;
    close(): void;
  };
}

/** The port that all services are served on. */
export interface Endpoint {
  /** Starts to accept connections. Port 0 takes any free one. Rejects when the port can't be had. */
  listen(port: number, host: string): Promise<{ readonly port: number; readonly host: string }>;
  /**
   * Stops accepting, lets the requests in progress finish, and closes all connections. Those that take longer than `graceMs`
   * (half a minute unless told) are cut.
   */
  close(graceMs?: number): Promise<void>;
}

/** A signed URL with a session token, or an object's metadata, is a few kilobytes. */
const LARGEST_HEADERS = 32 * 1024;
/** A connection on which nothing moves for so long is dead. An upload that makes progress may take as long as it likes. */
const SILENCE_MS = 5 * 60 * 1000;
/** Longer than clients keep an idle connection in their pool, so that none is closed under a request that is just being sent. */
const KEEP_ALIVE_MS = 75 * 1000;
const CLOSE_GRACE_MS = 30 * 1000;

export function createEndpoint(options: EndpointOptions): Endpoint {
  const inProgress = new Set<ServerResponse>();
  const server = createServer({
    maxHeaderSize: LARGEST_HEADERS,
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    noDelay: true,
  });
  server.timeout = SILENCE_MS;
  const dispatch = createDispatch(options);
  const accept = (request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean) => {
    inProgress.add(response);
    response.once('close', () => inProgress.delete(response));
    if (!server.listening) response.shouldKeepAlive = false;
    void serve(new Exchange(request, response, awaitsContinue), dispatch, options.log);
  };
  server.on('request', (request, response) => accept(request, response, false));
  server.on('checkContinue', (request, response) => accept(request, response, true));
  server.on('clientError', refuseConnection);
  const authenticator = authenticatorOf(options);
  server.on('upgrade', (request, socket, head) => {
    void serveUpgrade(request, socket, head, authenticator, options.upgrades);
  });
  const { proxy } = options;
  if (proxy) {
    server.on('connect', (request, socket, head) => {
      void proxy.connect(request, socket, head, (own) => server.emit('connection', own));
    });
  }
  return {
    listen: (port, host) => listen(server, port, host),
    close: (graceMs = CLOSE_GRACE_MS) => close(server, inProgress, graceMs, proxy),
  };
}

/** Nothing that goes wrong with one request may touch the process. */
async function serve(exchange: Exchange, dispatch: Dispatch, log: Log): Promise<void> {
  // A connection that breaks is no news: whoever reads the request or writes the answer learns of it in its own way.
  exchange.request.on('error', ignore);
  exchange.response.on('error', ignore);
  try {
    await dispatch(exchange);
  } catch (thrown) {
    reportFault(thrown, exchange, log);
    exchange.response.destroy();
  }
}

const ignore = () => {};

const STATUS_LINES: ReadonlyMap<string | undefined, string> = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
]);

/** What isn't HTTP gets a status line, where somebody is still there to read it, and the connection is closed. */
function refuseConnection(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS_LINES.get(error.code) ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function listen(server: Server, port: number, host: string): Promise<{ port: number; host: string }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: 1024 }, () => {
      server.off('error', reject);
      const { port: bound, address } = server.address() as AddressInfo;
      resolve({ port: bound, host: address });
    });
  });
}

async function close(
  server: Server,
  inProgress: ReadonlySet<ServerResponse>,
  graceMs: number,
  proxy: EndpointOptions['proxy'],
): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const response of inProgress) {
    if (!response.headersSent) response.shouldKeepAlive = false;
    // An answer that had begun couldn't say that the connection ends with it.
    response.once('close', () => server.closeIdleConnections());
  }
  proxy?.close();
  const grace = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(grace);
}
