import type { Readable } from 'node:stream';
import type { RawData, WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Upgrade } from '../endpoint/upgrades.ts';
import { type Session, SessionRefused, type SessionRequest } from '../executors/session.ts';
import { ServiceError, validation } from '../model/errors.ts';
import { CHANNEL, message, PARAMETER, PROTOCOL, SESSION_PATH } from './channels.ts';

/** Opens a session on a host of a job. Rejects with `SessionRefused`, or with a `ServiceError` when there is no such job. */
export type OpenSession = (job: string, host: string, request: SessionRequest) => Promise<Session>;

const LARGEST_MESSAGE = 1 << 20;

/** A peer that says nothing, not even to a ping, is gone. */
const PING_MS = 15_000;

const size = z.object({ rows: z.int().min(1).max(1000), columns: z.int().min(1).max(1000) });

/** Serves sessions over WebSockets: `trainyard exec` is the client. */
export class SessionSocket {
  readonly #open: OpenSession;
  #sockets: WebSocketServer | undefined;

  constructor(open: OpenSession) {
    this.#open = open;
  }

  /** Rejects with the `ServiceError` that answers the request. */
  async accept(upgrade: Upgrade): Promise<void> {
    const { request, socket, head, path, parameters } = upgrade;
    if (path !== SESSION_PATH)
      throw new ServiceError('UnknownOperationException', `There is nothing at ${path}.`, 404);
    const job = parameters.get(PARAMETER.job);
    const command = parameters.getAll(PARAMETER.command);
    if (!job || command.length === 0) throw validation('A session needs a job and a command.');
    if (command.some((word) => word.includes('\0')))
      throw validation("A command can't hold a NUL character.");
    const terminal = terminalOf(parameters);
    const sockets = await this.#webSockets();
    const session = await this.#open(job, parameters.get(PARAMETER.host) ?? 'algo-1', {
      command,
      ...(terminal && { terminal }),
    }).catch((error) => {
      throw error instanceof SessionRefused ? validation(error.message) : error;
    });
    if (socket.destroyed) return session.close();
    socket.once('close', () => session.close());
    sockets.handleUpgrade(request, socket, head, (connection) => connect(connection, session));
  }

  /** Ends all sessions. */
  close(): void {
    for (const connection of this.#sockets?.clients ?? []) connection.terminate();
  }

  /** Loaded when it is needed: most servers never have a session. */
  async #webSockets(): Promise<WebSocketServer> {
    const { WebSocketServer } = await import('ws');
    this.#sockets ??= new WebSocketServer({
      noServer: true,
      maxPayload: LARGEST_MESSAGE,
      handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
    });
    return this.#sockets;
  }
}

function terminalOf(parameters: URLSearchParams): SessionRequest['terminal'] {
  const text = parameters.get(PARAMETER.terminal);
  if (text === null) return undefined;
  const [rows, columns] = text.split('x').map(Number);
  const parsed = size.safeParse({ rows, columns });
  if (!parsed.success) throw validation(`A terminal's size is <rows>x<columns>, not '${text}'.`);
  const kind = parameters.get(PARAMETER.kind) ?? 'xterm';
  return { ...parsed.data, kind: /^[\w.+-]{1,64}$/.test(kind) ? kind : 'xterm' };
}

function connect(connection: WebSocket, session: Session): void {
  keepAlive(connection);
  const sent = [
    forward(session.output, CHANNEL.output, connection),
    forward(session.errors, CHANNEL.errors, connection),
  ];
  connection.on('message', (data: RawData) => receive(connection, session, data as Buffer));
  connection.on('close', () => session.close());
  connection.on('error', () => connection.terminate());
  void Promise.all([session.ended, ...sent]).then(([exitCode]) => {
    connection.send(message(CHANNEL.end, JSON.stringify({ exitCode })));
    connection.close(1000);
  });
}

/** Sends a stream as it comes, no faster than the other side takes it. Resolves at its end. */
function forward(stream: Readable, channel: 1 | 2, connection: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      stream.pause();
      connection.send(message(channel, chunk), () => stream.resume());
    });
    stream.once('close', resolve);
  });
}

function receive(connection: WebSocket, session: Session, data: Buffer): void {
  const content = data.subarray(1);
  switch (data[0]) {
    case CHANNEL.input:
      if (session.input.writable && !session.input.write(content)) {
        connection.pause();
        session.input.once('drain', () => connection.resume());
        session.input.once('close', () => connection.resume());
      }
      return;
    case CHANNEL.resize: {
      const wanted = sizeOf(content);
      if (wanted) session.resize(wanted);
      return;
    }
    case CHANNEL.close:
      if (content[0] === CHANNEL.input) session.input.end();
      return;
    default:
      connection.close(1003, 'there is no such channel');
  }
}

function sizeOf(content: Buffer): z.infer<typeof size> | undefined {
  try {
    return size.parse(JSON.parse(content.toString()));
  } catch {
    return undefined;
  }
}

function keepAlive(connection: WebSocket): void {
  let heard = true;
  connection.on('pong', () => {
    heard = true;
  });
  const timer = setInterval(() => {
    if (!heard) return connection.terminate();
    heard = false;
    connection.ping();
  }, PING_MS);
  connection.on('close', () => clearInterval(timer));
}
