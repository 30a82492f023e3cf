import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import * as sdk from '@aws-sdk/client-s3';
import { S3Server } from '../testing/s3-server.ts';
import { createS3Relay } from './relay.ts';

const CONTEXT = {
  ...{ requestId: 'r', accessKeyId: 'AKID', callerArn: 'arn:aws:iam::123456789012:root' },
  ...{ account: '123456789012', region: 'us-west-2', payload: { kind: 'unsigned' as const } },
};
const ODD_KEY = 'folder/ä b+c%&<>\u0007.txt';

/** A relay in front of another S3: `ask` is what a browser sends. */
async function start(t: TestContext, client?: sdk.S3Client) {
  const there = await S3Server.start();
  const relay = createS3Relay({
    connect: async () => ({ sdk, client: client ?? there.connect() }),
    ...{ store: 'the other store', region: 'us-west-2' },
  });
  const answered = new EventEmitter();
  const server = createServer(async (request, response) => {
    await relay.handle(request, response, CONTEXT);
    answered.emit('answered');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.close();
    server.closeAllConnections();
    await there.close();
  });
  const { port } = server.address() as AddressInfo;
  const ask = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, init);
  const bytesOf = async (path: string, init?: RequestInit) =>
    Buffer.from(await (await ask(path, init)).arrayBuffer());
  await ask('/bucket', { method: 'PUT' });
  return { there, port, ask, bytesOf, handled: () => once(answered, 'answered') };
}

const pathOf = (key: string) => `/bucket/${key.split('/').map(encodeURIComponent).join('/')}`;
const idOf = async (response: Response) =>
  /<UploadId>(.*)<\/UploadId>/.exec(await response.text())?.[1] ?? '';

describe('the relay', () => {
  test('buckets are made and listed, folders page by page, whatever is in a name', async (t) => {
    const { there, ask } = await start(t);
    for (const Key of [ODD_KEY, 'a', 'b'])
      await there.client.send(new sdk.PutObjectCommand({ Bucket: 'bucket', Key, Body: 'x' }));
    assert.match(await (await ask('/')).text(), /<Name>bucket<\/Name>/);
    const query = 'list-type=2&delimiter=/&encoding-type=url&max-keys=2';
    const first = await (await ask(`/bucket?${query}`)).text();
    assert.deepEqual(
      [...first.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key),
      ['a', 'b'],
    );
    const token = /<NextContinuationToken>([^<]*)</.exec(first)?.[1] ?? '';
    const second = await (await ask(`/bucket?${query}&continuation-token=${token}`)).text();
    assert.match(second, /<CommonPrefixes><Prefix>folder\/<\/Prefix>/);
    const inside = await (await ask('/bucket?list-type=2&encoding-type=url&prefix=folder/')).text();
    assert.equal(decodeURIComponent(/<Key>(.*?)<\/Key>/.exec(inside)?.[1] ?? ''), ODD_KEY);
  });

  test('an object is put, read whole, by range and from where a download stopped, and deleted', async (t) => {
    const { there, ask, bytesOf } = await start(t);
    const body = randomBytes(300_000);
    const path = pathOf(ODD_KEY);
    assert.equal(
      (await ask(path, { method: 'PUT', body, headers: { 'content-type': 'text/html' } })).status,
      200,
    );
    assert.deepEqual(await bytesOf(path), body);
    const saved = await ask(
      `${path}?response-content-disposition=attachment&response-content-type=application/octet-stream`,
    );
    assert.equal(saved.headers.get('content-disposition'), 'attachment');
    assert.equal(saved.headers.get('content-type'), 'application/octet-stream');
    assert.equal(saved.headers.get('content-length'), '300000');
    await saved.arrayBuffer();
    const etag = saved.headers.get('etag') ?? '';
    const range = { range: 'bytes=100000-' };
    const rest = await ask(path, { headers: { ...range, 'if-range': etag } });
    assert.deepEqual([rest.status, rest.headers.get('content-range')], [206, 'bytes 100000-299999/300000']);
    assert.deepEqual(Buffer.from(await rest.arrayBuffer()), body.subarray(100_000));
    // Another object by now: its end must not be joined to the old one's beginning.
    await there.client.send(new sdk.PutObjectCommand({ Bucket: 'bucket', Key: ODD_KEY, Body: 'new' }));
    const anew = await ask(path, { headers: { ...range, 'if-range': etag } });
    assert.deepEqual([anew.status, await anew.text()], [200, 'new']);
    const head = await ask(path, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, '3']);
    assert.equal(
      (await ask(path, { headers: { 'if-none-match': head.headers.get('etag') ?? '' } })).status,
      304,
    );
    assert.equal((await ask(path, { method: 'DELETE' })).status, 204);
    assert.equal((await ask(path)).status, 404);
  });

  test('an upload in parts becomes the object; one that is ended leaves nothing', async (t) => {
    const { there, ask, bytesOf } = await start(t);
    const parts = [randomBytes(5 * 1024 ** 2), randomBytes(10)];
    const path = pathOf('large');
    const begin = async () => idOf(await ask(`${path}?uploads=`, { method: 'POST' }));
    const uploadId = await begin();
    const put = (id: string, number: number, body: Buffer) =>
      ask(`${path}?uploadId=${id}&partNumber=${number}`, { method: 'PUT', body: new Uint8Array(body) });
    const etags = await Promise.all(
      parts.map(async (body, at) => {
        const answer = await put(uploadId, at + 1, body);
        assert.equal(answer.status, 200, await answer.text());
        return answer.headers.get('etag');
      }),
    );
    const list = etags.map(
      (etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
    );
    const done = await ask(`${path}?uploadId=${uploadId}`, {
      method: 'POST',
      body: `<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`,
    });
    assert.equal(done.status, 200, await done.text());
    const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    assert.equal(digest(await bytesOf(path)), digest(Buffer.concat(parts)));
    const given = await begin();
    await put(given, 1, parts[1] as Buffer);
    assert.equal((await ask(`${path}?uploadId=${given}`, { method: 'DELETE' })).status, 204);
    const left = await there.client.send(new sdk.ListMultipartUploadsCommand({ Bucket: 'bucket' }));
    assert.equal(left.Uploads, undefined);
    assert.equal((await put(given, 1, parts[1] as Buffer)).status, 404);
  });

  test('the other store tells in its own words why not; what is not relayed is refused by name', async (t) => {
    const { ask } = await start(t);
    const missing = await ask('/nothing-here?list-type=2');
    assert.equal(missing.status, 404);
    assert.match(
      await missing.text(),
      /<Code>NoSuchBucket<\/Code><Message>The specified bucket does not exist/,
    );
    const policy = await ask('/bucket?policy=', { method: 'PUT', body: '{}' });
    assert.deepEqual([policy.status, /<QueryParameter>policy</.test(await policy.text())], [501, true]);
    assert.equal((await ask('/bucket', { method: 'DELETE' })).status, 405);
  });

  test('a store that is not there is told as such', async (t) => {
    const client = new sdk.S3Client({
      ...{ endpoint: 'http://127.0.0.1:9', region: 'us-west-2', forcePathStyle: true, maxAttempts: 1 },
      credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    });
    const { ask } = await start(t, client);
    const answer = await ask('/bucket?list-type=2');
    assert.equal(answer.status, 503);
    assert.match(await answer.text(), /The store at the other store can.t be asked: .*ECONNREFUSED/);
    client.destroy();
  });

  test('a body that comes in small pieces arrives, also where the store refuses small chunks', async (t) => {
    const { port, bytesOf } = await start(t);
    const pieces = Array.from({ length: 30 }, () => randomBytes(1000));
    const sending = request({
      port,
      method: 'PUT',
      path: '/bucket/k',
      headers: { 'content-length': 30_000 },
    });
    sending.setNoDelay(true);
    const answered = once(sending, 'response');
    for (const piece of pieces) {
      await new Promise((resolve) => sending.write(piece, resolve));
      await turn();
    }
    sending.end();
    const [{ statusCode }] = await answered;
    assert.equal(statusCode, 200);
    assert.deepEqual(await bytesOf('/bucket/k'), Buffer.concat(pieces));
  });

  test('a body that ends too soon becomes no object', async (t) => {
    const { there, port, handled } = await start(t);
    const half = request({ port, method: 'PUT', path: '/bucket/half', headers: { 'content-length': 20 } });
    half.on('error', () => {});
    const arrived = handled();
    half.write(Buffer.alloc(10));
    half.on('socket', (socket) => socket.once('ready', () => setImmediate(() => half.destroy())));
    await arrived;
    const { KeyCount } = await there.client.send(new sdk.ListObjectsV2Command({ Bucket: 'bucket' }));
    assert.equal(KeyCount, 0);
  });
});
