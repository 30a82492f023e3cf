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

/** One connection that sends a request and reads its response, one after the other; opened anew when the server closes it. */
class Connection {
  readonly #url: URL;
  #socket: Socket | undefined;
  #received: Buffer = Buffer.alloc(0);
  #answered: ((status: number) => void) | undefined;

  constructor(url: URL) {
    this.#url = url;
  }

  /** Resolves with the response's status when all of it is here; 0 when the connection broke. */
  ask(request: WireRequest): Promise<number> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#socket ??= this.#open();
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): Socket {
    const socket = connect({ host: this.#url.hostname, port: Number(this.#url.port), noDelay: true });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#answer(0);
    });
    return socket;
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headersEnd = this.#received.indexOf(HEADERS_END);
    if (headersEnd < 0) return;
    const head = this.#received.toString('latin1', 0, headersEnd);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#received.length < headersEnd + 4 + length) return;
    this.#received = Buffer.alloc(0);
    if (/connection: close/i.test(head)) this.#socket = undefined;
    this.#answer(Number(head.slice(9, 12)));
  }

  #answer(status: number): void {
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.(status);
  }
}

/** Sends each request once, over so many connections. Rejects when one is not answered with 200. */
export async function sendEach(
  url: URL,
  requests: readonly WireRequest[],
  { connections }: { readonly connections: number },
): Promise<void> {
  const waiting = requests.values();
  const work = async () => {
    const connection = new Connection(url);
    for (const request of waiting) {
      const status = await connection.ask(request);
      if (status !== 200) throw new Error(`a request was answered with ${status}`);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, work));
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
    const connection = new Connection(url);
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
  const pool = Array.from({ length: connections }, () => new Connection(url));
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
