import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Authority } from './authority.ts';
import {
  type Destination,
  destinationOf,
  isAmazon,
  isAmazonS3,
  isLoopback,
  neverTunnelled,
} from './hosts.ts';

export interface ProxyOptions {
  readonly authority: Authority;
  /** What becomes of connections to all but AWS. */
  readonly others: 'tunnel' | 'refuse';
  /** Whether this server is Amazon S3 too. False: its objects are in the real one. */
  readonly servesS3: boolean;
  log(line: string): void;
}

/** Serves a connection that a client believes to be one to AWS. */
export type ServeConnection = (socket: Duplex) => void;

/** How long a tunnel on which nothing moves stays open, and a client may take to begin, in milliseconds. */
const SILENCE_MS = 5 * 60 * 1000;
const BEGIN_MS = 30 * 1000;

/**
 * An HTTPS proxy: answers CONNECT requests. Those to AWS end here, with a certificate that the authority makes; others are led on,
 * for callers of this machine only, or refused.
 */
export class HttpsProxy {
  readonly #options: ProxyOptions;
  readonly #blocked = neverTunnelled();
  /** Of tunnels, and of clients that are yet to be served: the endpoint closes those that it serves. */
  readonly #sockets = new Set<Duplex>();

  constructor(options: ProxyOptions) {
    this.#options = options;
  }

  /** Takes a CONNECT request over, with its socket and what the client has sent already. */
  async connect(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    serve: ServeConnection,
  ): Promise<void> {
    this.#track(socket);
    const destination = destinationOf(request.url);
    if (!destination) return refuse(socket, '400 Bad Request', 'A CONNECT request names host:port.');
    if (head.length > 0) socket.unshift(head);
    const { others, servesS3 } = this.#options;
    if (isAmazon(destination) && (servesS3 || !isAmazonS3(destination)))
      return this.#answerAs(destination.host, socket, serve);
    if (others === 'refuse') {
      return refuse(
        socket,
        '403 Forbidden',
        `The setting proxy.others is refuse: ${destination.host} is not AWS.`,
      );
    }
    if (!isLoopback(request.socket.remoteAddress?.replace(/^::ffff:/, '')))
      return refuse(socket, '403 Forbidden', 'Only callers on this machine are led on to others than AWS.');
    this.#tunnel(destination, socket);
  }

  /** Cuts all tunnels. */
  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #answerAs(host: string, socket: Duplex, serve: ServeConnection): Promise<void> {
    try {
      const { key, cert } = await this.#options.authority.leaf(host);
      if (socket.destroyed) return;
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      const secureContext = createSecureContext({ key, cert, minVersion: 'TLSv1.2' });
      const secure = new TLSSocket(socket as Socket, {
        isServer: true,
        secureContext,
        ALPNProtocols: ['http/1.1'],
      });
      const overdue = setTimeout(() => secure.destroy(), BEGIN_MS).unref();
      secure.once('secure', () => clearTimeout(overdue));
      // A client that does not trust the authority breaks off: its own error says so.
      secure.on('error', () => secure.destroy());
      secure.once('close', () => {
        clearTimeout(overdue);
        socket.destroy();
      });
      this.#sockets.delete(socket);
      serve(secure);
    } catch (error) {
      this.#options.log(`The proxy could not answer as ${host}: ${(error as Error).message}`);
      refuse(socket, '502 Bad Gateway', 'The server could not make a certificate.');
    }
  }

  #tunnel({ host, port }: Destination, socket: Duplex): void {
    const other = connect({ host, port, blockList: this.#blocked });
    this.#track(other);
    other.setTimeout(SILENCE_MS, () => other.destroy());
    let open = false;
    other.once('connect', () => {
      open = true;
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.pipe(other);
      other.pipe(socket);
    });
    other.on('error', (error) => {
      if (!open) refuse(socket, '502 Bad Gateway', `${host}:${port} can't be reached: ${error.message}`);
    });
    other.once('close', () => {
      if (open) socket.destroy();
    });
    socket.once('close', () => other.destroy());
  }

  #track(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

function refuse(socket: Duplex, status: string, why: string): void {
  const body = `${why}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
