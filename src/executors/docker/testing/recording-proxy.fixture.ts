import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, json } from 'node:stream/consumers';

export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

export interface RecordingProxy {
  readonly socket: string;
  /** What the engine was asked, in order. */
  readonly asked: readonly Recorded[];
  close(): void;
}

/** What an engine says of itself is told as another would: by the end of the path, from its own answer. */
export type Disguise = Readonly<Record<string, (answer: Record<string, unknown>) => object>>;

/** Stands before an engine and notes what it is asked. */
export async function recordingProxy(engine: string, disguise: Disguise = {}): Promise<RecordingProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-proxy-'));
  const socket = join(folder, 'engine.sock');
  const asked: Recorded[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const body = await buffer(incoming);
    asked.push({ method, path: url, body: body.length > 0 ? JSON.parse(body.toString()) : undefined });
    const onward = request({ socketPath: engine, method, path: url, headers }, async (answer) => {
      const change = Object.entries(disguise).find(([end]) => url.endsWith(end))?.[1];
      if (change) return answerWith(outgoing, change((await json(answer)) as Record<string, unknown>));
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    onward.end(body);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  };
  return { socket, asked, close };
}

function answerWith(outgoing: ServerResponse, answer: object): void {
  outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}
