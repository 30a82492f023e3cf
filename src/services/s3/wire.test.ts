import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { Agent, request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, suite, test } from 'node:test';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { codeOf, S3Server, SIGNING } from './testing/s3-server.ts';

const Bucket = 'books';
const EMPTY_SHA256 = createHash('sha256').digest('hex');

suite('on the wire', () => {
  let server: S3Server;

  before(async () => {
    server = await S3Server.start();
    await server.client.send(new CreateBucketCommand({ Bucket }));
  });
  after(() => server.close());

  const exists = async (key: string) => (await server.raw('HEAD', `/${Bucket}/${key}`)).status === 200;

  // S3 API reference, "Error responses".
  test('an error, to the letter', async () => {
    const { status, headers, body } = await server.raw('GET', `/${Bucket}/a%26b?versionId=null`);
    assert.equal(status, 404);
    assert.equal(headers['content-type'], 'application/xml');
    const id = String(headers['x-amz-request-id']);
    assert.equal(
      body,
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>' +
        `<Resource>/${Bucket}/a%26b</Resource><RequestId>${id}</RequestId>` +
        `<HostId>${headers['x-amz-id-2']}</HostId></Error>`,
    );
    assert.match(id, /^[0-9a-f-]{36}$/);
  });

  test('what the endpoint refuses looks the same', async () => {
    const refused = await server.send('GET', `/${Bucket}/key`, {}, (request) => request.end());
    assert.deepEqual([refused.status, codeOf(refused)], [403, 'AccessDenied']);
    assert.ok(refused.headers['x-amz-request-id'] && refused.headers['x-amz-id-2']);
  });

  test('methods that a resource doesn’t have', async () => {
    for (const [method, path] of [
      ['POST', `/${Bucket}/key`],
      ['PATCH', `/${Bucket}/key`],
      ['DELETE', '/'],
    ] as const) {
      const refused = await server.raw(method, path);
      assert.deepEqual([refused.status, codeOf(refused)], [405, 'MethodNotAllowed']);
    }
  });

  test('a path that is no UTF-8 is InvalidURI', async () => {
    assert.equal(codeOf(await server.raw('GET', `/${Bucket}/%ff`)), 'InvalidURI');
  });

  // S3 user guide, "Virtual hosting of buckets".
  test('a bucket in the host name', async () => {
    const body = Buffer.from('by host');
    const headers = { host: `${Bucket}.localhost:${server.port}` };
    assert.equal((await server.raw('PUT', '/virtual/key', { headers, body })).status, 200);
    assert.equal((await server.raw('GET', `/${Bucket}/virtual/key`)).body, 'by host');
    const aws = { host: `${Bucket}.s3.us-west-2.amazonaws.com` };
    assert.equal((await server.raw('GET', '/virtual/key', { headers: aws })).body, 'by host');
    const own = { host: 'trainyard.example.com' };
    assert.equal((await server.raw('GET', `/${Bucket}/virtual/key`, { headers: own })).body, 'by host');
  });

  /** Frames a body in signed chunks whose signatures follow from the request's own. */
  async function signedChunks(path: string, chunks: readonly Buffer[], change: (frame: string) => string) {
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const payload = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
    const announced = { 'x-amz-decoded-content-length': String(length), 'content-encoding': 'aws-chunked' };
    const { headers } = await server.sign('PUT', path, { payload, headers: announced });
    const authorization = headers.authorization ?? '';
    const scope = /Credential=[^/]+\/([^,]+),/.exec(authorization)?.[1] ?? '';
    const key = scope
      .split('/')
      .reduce<Buffer>(
        (previous, part) => createHmac('sha256', previous).update(part).digest(),
        Buffer.from(`AWS4${SIGNING.secretAccessKey}`),
      );
    let signature = /Signature=([0-9a-f]+)/.exec(authorization)?.[1] ?? '';
    const frames = [...chunks, Buffer.alloc(0)].map((chunk) => {
      const hash = createHash('sha256').update(chunk).digest('hex');
      const parts = ['AWS4-HMAC-SHA256-PAYLOAD', headers['x-amz-date'], scope, signature, EMPTY_SHA256, hash];
      signature = createHmac('sha256', key).update(parts.join('\n')).digest('hex');
      return `${chunk.length.toString(16)};chunk-signature=${signature}\r\n${chunk}\r\n`;
    });
    const body = Buffer.from(change(frames.join('')));
    const sent = { ...headers, 'content-length': String(body.length) };
    return server.send('PUT', path, sent, (request) => request.end(body));
  }

  const CHUNKS = [Buffer.alloc(8192, 'a'), Buffer.alloc(100, 'b')];

  // S3 API reference, "Signature calculations … transferring payload in multiple chunks".
  test('signed chunks', async () => {
    const path = `/${Bucket}/chunks`;
    const written = await signedChunks(path, CHUNKS, (body) => body);
    assert.equal(written.status, 200, written.body);
    const got = await server.raw('GET', path);
    assert.equal(got.body, CHUNKS.join(''));
    assert.equal(got.headers['content-encoding'], undefined);
  });

  for (const [what, change, code] of [
    ['is not the one that was signed', (body: string) => body.replace('aaa', 'aab'), 'SignatureDoesNotMatch'],
    ['is missing', (body: string) => body.replace(/0;chunk-signature=\w+\r\n\r\n$/, ''), 'IncompleteBody'],
  ] as const) {
    test(`a chunk that ${what} leaves no object`, async () => {
      const refused = await signedChunks(`/${Bucket}/forged`, CHUNKS, change);
      assert.equal(codeOf(refused), code);
      assert.equal(await exists('forged'), false);
    });
  }

  test('a body that breaks off leaves no object', async () => {
    const body = 'x'.repeat(1000);
    const { headers } = await server.sign('PUT', `/${Bucket}/broken`, { body });
    const sized = { ...headers, 'content-length': String(body.length) };
    const broken = server.send('PUT', `/${Bucket}/broken`, sized, (request) => {
      request.write('x'.repeat(500), () => request.destroy());
    });
    await assert.rejects(broken);
    assert.equal(await exists('broken'), false);
  });

  // S3 API reference, "Error responses": MissingContentLength, EntityTooLarge.
  test('a body has to say how long it is, and to be of a size that S3 takes', async () => {
    const streaming = { payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' };
    const unsized = await server.raw('PUT', `/${Bucket}/unsized`, { ...streaming, body: '0\r\n\r\n' });
    assert.deepEqual([unsized.status, codeOf(unsized)], [411, 'MissingContentLength']);
    const tooMuch = { 'x-amz-decoded-content-length': String(5 * 1024 ** 3 + 1) };
    const large = await server.raw('PUT', `/${Bucket}/large`, { ...streaming, headers: tooMuch, body: 'x' });
    assert.deepEqual([large.status, codeOf(large)], [400, 'EntityTooLarge']);
  });

  test('a body in HTTP’s own chunks is as long as they are', async () => {
    const { headers } = await server.sign('PUT', `/${Bucket}/http-chunks`, { payload: 'UNSIGNED-PAYLOAD' });
    const chunked = { ...headers, 'transfer-encoding': 'chunked' };
    const written = await server.send('PUT', `/${Bucket}/http-chunks`, chunked, (request) => {
      request.write('one ');
      request.end('two');
    });
    assert.equal(written.status, 200, written.body);
    assert.equal((await server.raw('GET', `/${Bucket}/http-chunks`)).body, 'one two');
  });

  test('a refusal in the middle of a body leaves the connection usable', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const body = Buffer.alloc(300_000, 'x');
    const send = (headers: Record<string, string>) =>
      new Promise<{ body: string; socket: unknown }>((resolve, reject) => {
        const options = { host: '127.0.0.1', port: server.port, method: 'PUT', path: `/${Bucket}/kept` };
        const request = httpRequest({ ...options, headers, agent }, (response) => {
          text(response).then((answer) => resolve({ body: answer, socket: request.reusedSocket }), reject);
        });
        request.once('error', reject).end(body);
      });
    const payload = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
    const announced = { 'x-amz-decoded-content-length': '300000' };
    const chunked = await server.sign('PUT', `/${Bucket}/kept`, { body, payload, headers: announced });
    const refused = await send(chunked.headers);
    assert.match(refused.body, /InvalidChunkSizeError/);
    const plain = await server.sign('PUT', `/${Bucket}/kept`, { body });
    assert.deepEqual(await send(plain.headers), { body: '', socket: true });
    agent.destroy();
  });

  test('Expect: 100-continue', async () => {
    const body = Buffer.from('continued');
    const { headers } = await server.sign('PUT', `/${Bucket}/expected`, { body });
    const sent = { ...headers, 'content-length': String(body.length), expect: '100-continue' };
    const written = await server.send('PUT', `/${Bucket}/expected`, sent, (request) => {
      request.once('continue', () => request.end(body)).flushHeaders();
    });
    assert.equal(written.status, 200);
  });

  // DOCTYPE: CWE-776, entity expansion.
  test('XML that is not what it has to be is MalformedXML', async () => {
    const bodies = [
      '<!DOCTYPE d [<!ENTITY k "v">]><Delete><Object><Key>&k;</Key></Object></Delete>',
      '<Delete><Object><Key>&k;</Key></Object></Delete>',
      '<Delete><Object><Key>k</Key></Object>',
      '<Delete><Object><Name>k</Name></Object></Delete>',
      '<Delete></Delete>',
      '<Delete><Object><Key>k</Key></Object></Delete><Delete/>',
      'Delete',
      '',
    ];
    for (const body of bodies) {
      const headers = { 'content-md5': createHash('md5').update(body).digest('base64') };
      const refused = await server.raw('POST', `/${Bucket}?delete`, { body, headers });
      assert.deepEqual([refused.status, codeOf(refused)], [400, 'MalformedXML'], body);
    }
    const body = '<Delete><Object><Key>k</Key></Object></Delete>';
    const undigested = await server.raw('POST', `/${Bucket}?delete`, { body });
    assert.equal(codeOf(undigested), 'InvalidRequest');
    const headers = { 'content-md5': createHash('md5').digest('base64') };
    assert.equal(codeOf(await server.raw('POST', `/${Bucket}?delete`, { body, headers })), 'BadDigest');
  });

  test('a client that leaves in the middle of a download is no fault, and others are served on', async () => {
    const Body = Buffer.alloc(4 * 1024 ** 2, 'x');
    await server.client.send(new PutObjectCommand({ Bucket, Key: 'long', Body }));
    const { Body: download } = await server.client.send(new GetObjectCommand({ Bucket, Key: 'long' }));
    assert.ok(download instanceof Readable);
    download.once('data', () => download.destroy());
    await new Promise((resolve) => download.once('close', resolve));
    const { headers } = await server.raw('HEAD', `/${Bucket}/long`);
    assert.equal(headers['content-length'], String(Body.length));
  });

  test('no test made the server fault', () => assert.deepEqual(server.faults, []));
});
