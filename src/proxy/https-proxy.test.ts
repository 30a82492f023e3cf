import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';
import { systemClock } from '../clock/system-clock.ts';
import { TestClock } from '../clock/test-clock.ts';
import { startEndpoint } from '../endpoint/test-endpoint.ts';
import { Authority, makeAuthority } from './authority.ts';
import { isAmazon, isAmazonS3, isLoopback } from './hosts.ts';
import { HttpsProxy, type ProxyOptions } from './https-proxy.ts';

const file = await makeAuthority(systemClock);
const STS = 'sts.us-east-1.amazonaws.com';

/** An endpoint with a proxy on its port. */
async function start(t: TestContext, options: Partial<ProxyOptions> = {}) {
  const log: string[] = [];
  const authority = new Authority(file, systemClock);
  const proxy = new HttpsProxy({
    ...{ authority, others: 'tunnel', servesS3: true, log: (line: string) => log.push(line) },
    ...options,
  });
  return startEndpoint(t, { proxy });
}

interface Connected {
  readonly status: number | undefined;
  readonly socket: Socket;
  readonly body: string;
}

/** What the proxy says to CONNECT. */
async function connect(t: TestContext, port: number, destination: string): Promise<Connected> {
  const request = httpRequest({ host: '127.0.0.1', port, method: 'CONNECT', path: destination });
  request.end();
  // A refusal closes the connection, which Node tells as a response of CONNECT all the same.
  const [response, socket, head] = (await once(request, 'connect')) as [IncomingMessage, Socket, Buffer];
  t.after(() => socket.destroy());
  const body = response.statusCode === 200 ? '' : head.toString() + (await text(socket));
  return { status: response.statusCode, socket, body };
}

async function secure(t: TestContext, socket: Socket, servername: string): Promise<TLSSocket> {
  const tls = connectSecurely({ socket, servername, ca: file.certificatePem });
  t.after(() => tls.destroy());
  await once(tls, 'secureConnect');
  return tls;
}

describe('a host of AWS', () => {
  test('is answered by the server itself, with a certificate of its authority', async (t) => {
    const { port } = await start(t);
    const { status, socket } = await connect(t, port, `${STS}:443`);
    assert.equal(status, 200);
    const tls = await secure(t, socket, STS);
    tls.write(`GET /_trainyard/health HTTP/1.1\r\nHost: ${STS}\r\nConnection: close\r\n\r\n`);
    assert.match(await text(tls), /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nok\n$/s);
  });

  test('is asked for its services as ever: unsigned requests are refused', async (t) => {
    const { port } = await start(t);
    const { socket } = await connect(t, port, 'bucket.s3.amazonaws.com:443');
    const tls = await secure(t, socket, 'bucket.s3.amazonaws.com');
    tls.write('GET /telemetry HTTP/1.1\r\nHost: bucket.s3.amazonaws.com\r\nConnection: close\r\n\r\n');
    assert.match(await text(tls), /^HTTP\/1\.1 403 Forbidden\r\n.*AccessDenied/s);
  });

  test('that is Amazon S3 is led on to where the objects are in the real one', () => {
    const at = (host: string, port = 443) => ({ host, port });
    assert.ok(isAmazonS3(at('s3.us-east-1.amazonaws.com')));
    assert.ok(isAmazonS3(at('a.b.s3-us-west-2.amazonaws.com')));
    assert.ok(!isAmazonS3(at(STS)));
    assert.ok(!isAmazonS3(at('s3.example.com')));
    assert.ok(!isAmazon(at('amazonaws.com.example.com')));
    assert.ok(!isAmazon(at('evilamazonaws.com')));
    assert.ok(!isAmazon(at(STS, 22)));
  });

  test('has one certificate until it is about to expire', async () => {
    const clock = new TestClock(Date.now());
    const authority = new Authority(file, clock);
    const [first, same, other] = await Promise.all([
      ...[authority.leaf(STS), authority.leaf(STS)],
      authority.leaf('logs.us-east-1.amazonaws.com'),
    ]);
    assert.equal((await authority.leaf(STS)).cert, same?.cert);
    assert.notEqual(first?.cert, other?.cert);
    await clock.advance(89.5 * 24 * 3600 * 1000);
    assert.notEqual((await authority.leaf(STS)).cert, same?.cert);
  });

  test('is all that the authority can vouch for: its stolen key opens nothing else', async (t) => {
    const leaf = await new Authority(file, systemClock).leaf('bank.example.com');
    const { createServer: createSecureServer } = await import('node:tls');
    const server = createSecureServer(leaf).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const tls = connectSecurely({
      ...{ host: '127.0.0.1', port: (server.address() as AddressInfo).port },
      ...{ servername: 'bank.example.com', ca: file.certificatePem },
    });
    t.after(() => tls.destroy());
    const [error] = await once(tls, 'error');
    assert.match((error as Error).message, /permitted subtree violation/);
  });
});

describe('another host', () => {
  /** An address of this machine that is not the loopback's. */
  const address = Object.values(networkInterfaces())
    .flat()
    .find(
      (each) => each && each.family === 'IPv4' && !each.internal && !each.address.startsWith('169.254.'),
    )?.address;

  test('is reached through a tunnel, which ends with the server', {
    skip: !address && 'no network',
  }, async (t) => {
    const other = createServer((_request, response) => response.end('other')).listen(0, address ?? '');
    t.after(() => other.close());
    await once(other, 'listening');
    const { port, endpoint } = await start(t);
    const destination = `${address}:${(other.address() as AddressInfo).port}`;
    const { status, socket } = await connect(t, port, destination);
    assert.equal(status, 200);
    socket.write(`GET / HTTP/1.1\r\nHost: ${destination}\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 200 OK/);
    const closed = once(socket, 'close');
    await endpoint.close();
    await closed;
  });

  test('is refused where the setting says so', async (t) => {
    const { port } = await start(t, { others: 'refuse' });
    const { status, body } = await connect(t, port, 'example.com:443');
    assert.equal(status, 403);
    assert.match(body, /proxy\.others is refuse: example\.com is not AWS/);
  });

  test('that is this machine, or a cloud’s keeper of credentials, is never reached', async (t) => {
    const { port } = await start(t);
    for (const host of ['127.0.0.1', '[::1]', '169.254.169.254', '0.0.0.0', 'localhost']) {
      const { status } = await connect(t, port, `${host}:${port}`);
      assert.equal(status, 502, host);
    }
  });

  test('must be named', async (t) => {
    const { port } = await start(t);
    for (const wrong of ['example.com', 'example.com:0', 'exa mple:443', 'example.com:99999']) {
      const { status } = await connect(t, port, wrong.replace(' ', '%20'));
      assert.equal(status, 400, wrong);
    }
  });

  test('is for callers on this machine', () => {
    for (const here of ['127.0.0.1', '127.9.9.9', '::1']) assert.ok(isLoopback(here), here);
    for (const elsewhere of ['10.0.0.1', '192.168.1.1', '2001:db8::1', ''])
      assert.ok(!isLoopback(elsewhere), elsewhere);
  });
});
