import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { renderError } from '../services/s3/render-error.ts';
import type { ObjectService } from './object-service.ts';
import { TestSigner } from './signature/test-signer.ts';
import { startEndpoint } from './test-endpoint.ts';

/** A connection that bytes are written to as they are, and what comes back over it. */
class RawConnection {
  readonly socket: Socket;
  received = '';

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('latin1').on('data', (text: string) => {
      this.received += text;
    });
    this.socket.on('error', () => {});
  }

  /** Resolves once what was received holds the text. */
  async receive(text: string): Promise<void> {
    while (!this.received.includes(text)) await once(this.socket, 'data');
  }

  /** Everything that was received, once the connection is closed, however it came to that. */
  ended(): Promise<string> {
    if (this.socket.closed) return Promise.resolve(this.received);
    return new Promise((resolve) => this.socket.once('close', () => resolve(this.received)));
  }
}

async function raw(t: TestContext, port: number): Promise<RawConnection> {
  const connection = new RawConnection(port);
  t.after(() => connection.socket.destroy());
  await once(connection.socket, 'connect');
  return connection;
}

/** The head of an S3 request whose signature leaves the body open. */
async function uploadHead(
  port: number,
  now: number,
  more: Readonly<Record<string, string>>,
): Promise<string> {
  const headers = { host: `127.0.0.1:${port}`, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...more };
  const signed = await new TestSigner({ service: 's3' }).sign({ method: 'PUT', path: '/b/k', headers }, now);
  const lines = Object.entries(signed.headers).map(([name, value]) => `${name}: ${value}`);
  return `PUT /b/k HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

const HEALTH = 'GET /_trainyard/health HTTP/1.1\r\nHost: x\r\n\r\n';

describe('what is not HTTP', () => {
  for (const [name, bytes, status] of [
    ['nonsense', 'NONSENSE\r\n\r\n', '400 Bad Request'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', '400 Bad Request'],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      '400 Bad Request',
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      '400 Bad Request',
    ],
    [
      'a header without an end',
      `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(40_000)}`,
      '431 Request Header Fields Too Large',
    ],
  ] as const) {
    test(`${name} is refused, and the connection closed`, async (t) => {
      const { port } = await startEndpoint(t);
      const connection = await raw(t, port);
      connection.socket.write(bytes);
      assert.ok((await connection.ended()).startsWith(`HTTP/1.1 ${status}\r\n`));
    });
  }
});

describe('a connection', () => {
  test('serves one request after the other', async (t) => {
    const { port } = await startEndpoint(t);
    const connection = await raw(t, port);
    connection.socket.write(HEALTH + HEALTH);
    while (connection.received.split('ok\n').length < 3) await once(connection.socket, 'data');
    assert.equal(connection.received.match(/HTTP\/1\.1 200 OK/g)?.length, 2);
    assert.match(connection.received, /Connection: keep-alive/);
  });

  test('may name the server as a proxy would be named', async (t) => {
    const { port } = await startEndpoint(t);
    const connection = await raw(t, port);
    connection.socket.write('GET http://x/_trainyard/health HTTP/1.1\r\nHost: x\r\n\r\n');
    await connection.receive('ok\n');
  });

  test('that breaks amid a body harms nobody', async (t) => {
    const { port, url, clock, log } = await startEndpoint(t);
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: SageMaker.DescribeTrainingJob\r\n';
    for (const start of [
      `${head}Content-Type: application/x-amz-json-1.1\r\nContent-Length: 100\r\n\r\n{"Train`,
      await uploadHead(port, clock.now(), { 'content-length': '100' }),
    ]) {
      const connection = await raw(t, port);
      connection.socket.write(start);
      connection.socket.destroySoon();
      await connection.ended();
    }
    assert.equal((await fetch(`${url}/_trainyard/health`)).status, 200);
    assert.deepEqual(log, []);
  });
});

describe('Expect: 100-continue', () => {
  test('asks for the body once the caller is known', async (t) => {
    const { port, clock, objects } = await startEndpoint(t);
    const connection = await raw(t, port);
    connection.socket.write(
      await uploadHead(port, clock.now(), { expect: '100-continue', 'content-length': '5' }),
    );
    await connection.receive('HTTP/1.1 100 Continue\r\n\r\n');
    connection.socket.write('hello');
    await connection.receive('HTTP/1.1 200 OK');
    assert.equal(objects.bodies.get('/b/k')?.toString(), 'hello');
    connection.socket.write(HEALTH);
    await connection.receive('ok\n');
  });

  test('is answered without it where the caller is refused', async (t) => {
    const { port, clock } = await startEndpoint(t);
    const connection = await raw(t, port);
    const head = await uploadHead(port, clock.now(), { expect: '100-continue', 'content-length': '5' });
    connection.socket.write(head.replace('/b/k', '/b/other'));
    const received = await connection.ended();
    assert.ok(received.startsWith('HTTP/1.1 403 Forbidden\r\n'));
    assert.match(received, /Connection: close/);
  });
});

/** An S3 that answers when it is told to. */
function heldObjects() {
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const objects: ObjectService = {
    async handle(request, response) {
      request.resume();
      started.resolve();
      await release.promise;
      response.end('late');
    },
    renderError,
  };
  return { objects, started: started.promise, release: release.resolve };
}

describe('close', () => {
  test('lets a request in progress finish, and takes no more', async (t) => {
    const { objects, started, release } = heldObjects();
    const { endpoint, port, clock } = await startEndpoint(t, { objects });
    const idle = await raw(t, port);
    idle.socket.write(HEALTH);
    await idle.receive('ok\n');
    const busy = await raw(t, port);
    busy.socket.write(await uploadHead(port, clock.now(), { 'content-length': '0' }));
    await started;
    const closed = endpoint.close();
    await idle.ended();
    const late = new RawConnection(port);
    assert.equal(await late.ended(), '');
    release();
    await closed;
    const received = await busy.ended();
    assert.ok(received.startsWith('HTTP/1.1 200 OK\r\n'));
    assert.match(received, /Connection: close/);
    assert.ok(received.endsWith('late'));
  });

  test('cuts what takes longer than it may', async (t) => {
    const { objects, started } = heldObjects();
    const { endpoint, port, clock } = await startEndpoint(t, { objects });
    const busy = await raw(t, port);
    busy.socket.write(await uploadHead(port, clock.now(), { 'content-length': '0' }));
    await started;
    await endpoint.close(0);
    assert.equal(await busy.ended(), '');
  });
});

describe('listen', () => {
  test('fails where the port is taken', async (t) => {
    const { port } = await startEndpoint(t);
    const { endpoint } = await startEndpoint(t);
    await endpoint.close();
    await assert.rejects(endpoint.listen(port, '127.0.0.1'), { code: 'EADDRINUSE' });
  });
});

test('a fault of an S3 operation is logged and told without its text', async (t) => {
  const objects: ObjectService = {
    async handle() {
      throw new Error('secret detail');
    },
    renderError,
  };
  const { port, clock, log } = await startEndpoint(t, { objects });
  const connection = await raw(t, port);
  connection.socket.write(await uploadHead(port, clock.now(), { 'content-length': '0' }));
  await connection.receive('</Error>');
  assert.match(connection.received, /^HTTP\/1\.1 500 .*<Code>InternalError<\/Code>/s);
  assert.ok(!connection.received.includes('secret detail'));
  assert.match(log[0] ?? '', /InternalFailure in PUT \/b\/k.*secret detail/s);
});
