import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { RemoteStorage, type RemoteStorageOptions } from './remote-storage.ts';

/** What the store was asked: `GET /data/key?x-id=… bytes=0-9`. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type Answer = (asked: Asked, response: ServerResponse) => void;

/** A server whose answers a test scripts, and the storage that talks to it. */
export async function scriptedS3(
  t: TestContext,
  answer: Answer,
  more: Partial<RemoteStorageOptions> = {},
): Promise<{ storage: RemoteStorage; options: RemoteStorageOptions; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const { method = '', headers } = request;
    // A client that gives up in the middle of a request gets no answer.
    const body = await buffer(request).catch(() => undefined);
    if (!body) return;
    const one = {
      method,
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers,
      body,
    };
    asked.push(one);
    answer(one, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const options: RemoteStorageOptions = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
    pathStyle: true,
    ...more,
  };
  const storage = new RemoteStorage(options);
  t.after(async () => {
    await storage.close();
    server.closeAllConnections();
    server.close();
  });
  return { storage, options, asked };
}

/** S3's error document. */
export function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>as scripted</Message></Error>`,
  );
}

export function answerXml(response: ServerResponse, xml: string): void {
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>${xml}`);
}
