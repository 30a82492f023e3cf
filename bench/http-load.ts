import { connect, type Socket } from 'node:net';

/** A request as it goes over the wire, byte for byte: prepared before the clock starts, so the load generator costs little. */
export type WireRequest = Buffer;

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Milliseconds from a request's (intended) start to the end of its response. */
  readonly latencies: readonly number[];
  /** Responses with another status than 200. */
  readonly failures: number;
}

const HEADERS_END = Buffer.from('\r\n\r\n');

/** One keep-alive connection that sends a request and reads its response, one after the other. */
class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #answered: ((status: number) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  static open(host: string, port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true }, () => resolve(new Connection(socket)));
      socket.once('error', reject);
    });
  }

  /** Resolves with the response's status when all of it is here. */
  ask(request: WireRequest): Promise<number> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headersEnd = this.#received.indexOf(HEADERS_END);
    if (headersEnd < 0) return;
    const head = this.#received.toString('latin1', 0, headersEnd);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#received.length < headersEnd + 4 + length) return;
    this.#received = Buffer.alloc(0);
    this.#answered?.(Number(head.slice(9, 12)));
  }
}

/** As many requests as the server takes from `connections` connections in `seconds`. */
export async function closedLoad(
  url: URL,
  next: () => WireRequest,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<LoadResult> {
  const latencies: number[] = [];
  let failures = 0;
  const started = performance.now();
  const end = started + seconds * 1000;
  const work = async () => {
    const connection = await Connection.open(url.hostname, Number(url.port));
    while (performance.now() < end) {
      const from = performance.now();
      if ((await connection.ask(next())) !== 200) failures++;
      latencies.push(performance.now() - from);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, work));
  return {
    requestsPerSecond: latencies.length / ((performance.now() - started) / 1000),
    latencies,
    failures,
  };
}

/** Requests at a steady rate, whatever the server does: a slow answer makes the next ones wait, and that counts. */
export async function openLoad(
  url: URL,
  next: () => WireRequest,
  {
    rate,
    seconds,
    connections,
  }: { readonly rate: number; readonly seconds: number; readonly connections: number },
): Promise<LoadResult> {
  const pool = await Promise.all(
    Array.from({ length: connections }, () => Connection.open(url.hostname, Number(url.port))),
  );
  const latencies: number[] = [];
  let failures = 0;
  const started = performance.now();
  const total = rate * seconds;
  let sent = 0;
  const work = async (connection: Connection) => {
    while (sent < total) {
      const due = started + (sent++ * 1000) / rate;
      while (performance.now() < due) await new Promise((resolve) => setImmediate(resolve));
      if ((await connection.ask(next())) !== 200) failures++;
      latencies.push(performance.now() - due);
    }
    connection.close();
  };
  await Promise.all(pool.map(work));
  return {
    requestsPerSecond: latencies.length / ((performance.now() - started) / 1000),
    latencies,
    failures,
  };
}
