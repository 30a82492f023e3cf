import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { bodyOf, patternBytes, refused } from '../embedded/temporary-store.fixture.ts';
import type { ObjectSummary } from '../object-storage.ts';
import { type Asked, answerXml, refuse, scriptedS3 } from './scripted-s3.fixture.ts';

const MIB = 1024 * 1024;
const lastModified = new Date(0);

function temporaryPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-remote-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'file');
}

const objectOf = (bytes: Buffer, key = 'a b/ü') => ({
  bucket: 'data',
  key,
  size: bytes.length,
  etag: '"e"',
  lastModified,
});

/** Answers with what was asked of `bytes`, or with its first `most` bytes and then a broken connection. */
function send(asked: Asked, response: ServerResponse, bytes: Buffer, most = Number.POSITIVE_INFINITY): void {
  const [, first = '0', last = `${bytes.length - 1}`] =
    /^bytes=(\d+)-(\d+)$/.exec(asked.headers.range ?? '') ?? [];
  const range = bytes.subarray(Number(first), Number(last) + 1);
  response.writeHead(asked.headers.range ? 206 : 200, { 'content-length': range.length, etag: '"e"' });
  if (range.length <= most) response.end(range);
  else response.write(range.subarray(0, most), () => response.destroy());
}

test('a small object comes in one request, for the ETag that was listed', async (t) => {
  const bytes = patternBytes(100_000);
  const { storage, asked } = await scriptedS3(t, (request, response) => send(request, response, bytes));
  const path = temporaryPath(t);
  await storage.download(objectOf(bytes), path);
  assert.ok(readFileSync(path).equals(bytes));
  assert.equal(statSync(path).mode & 0o777, 0o644);
  assert.deepEqual(
    asked.map(({ path: at, headers }) => [at, headers['if-match'], headers.range]),
    [['/data/a b/ü', '"e"', undefined]],
  );
});

test('a large object comes in ranges, and an answer that breaks off is gone on with from there', async (t) => {
  const bytes = patternBytes(20 * MIB + 5);
  let broken = 0;
  const { storage, asked } = await scriptedS3(t, (request, response) => {
    send(
      request,
      response,
      bytes,
      request.method === 'GET' && broken++ < 2 ? MIB + 1 : Number.POSITIVE_INFINITY,
    );
  });
  const path = temporaryPath(t);
  await storage.download(objectOf(bytes), path);
  assert.ok(readFileSync(path).equals(bytes));
  const ranges = asked.filter(({ method }) => method === 'GET').map(({ headers }) => headers.range);
  for (const range of ['bytes=0-8388607', 'bytes=8388608-16777215', 'bytes=16777216-20971524']) {
    assert.ok(ranges.includes(range), range);
  }
  assert.equal(ranges.length, 5);
});

test('an empty object is an empty file', async (t) => {
  const { storage } = await scriptedS3(t, (request, response) => send(request, response, Buffer.alloc(0)));
  const path = temporaryPath(t);
  await storage.download(objectOf(Buffer.alloc(0)), path);
  assert.equal(statSync(path).size, 0);
});

test('a download that can’t be the listed object is refused and leaves no file', async (t) => {
  const bytes = patternBytes(1000);
  const path = temporaryPath(t);
  const replaced = await scriptedS3(t, (_, response) => refuse(response, 412, 'PreconditionFailed'));
  const expected = { code: 'PreconditionFailed', message: /s3:\/\/data\/a b\/ü: / };
  await assert.rejects(replaced.storage.download(objectOf(bytes), path), expected);
  const gone = await scriptedS3(t, (_, response) => refuse(response, 404, 'NoSuchKey'));
  await assert.rejects(gone.storage.download(objectOf(bytes), path), refused('NoSuchKey'));
  const longer = await scriptedS3(t, (request, response) => send(request, response, patternBytes(1001)));
  await assert.rejects(longer.storage.download(objectOf(bytes), path), refused('IncompleteBody'));
  assert.ok(!existsSync(path));
});

test('an abort ends a download with its reason', async (t) => {
  const controller = new AbortController();
  const reason = new Error('stopped');
  const { storage } = await scriptedS3(t, () => controller.abort(reason));
  const path = temporaryPath(t);
  await assert.rejects(storage.download(objectOf(patternBytes(10)), path, controller.signal), reason);
  assert.ok(!existsSync(path));
});

test('lists all pages, with keys as they are', async (t) => {
  const { storage, asked } = await scriptedS3(t, ({ query }, response) => {
    const second = query.get('continuation-token') === 'more';
    const key = second ? 'p%2Fplus%2Bplus' : 'p%2Fa+%01%F0%9F%98%80';
    answerXml(
      response,
      `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${!second}</IsTruncated>
        ${second ? '' : '<NextContinuationToken>more</NextContinuationToken>'}
        <Contents><Key>${key}</Key><Size>3</Size><ETag>"e"</ETag><LastModified>1970-01-01T00:00:00.000Z</LastModified></Contents>
      </ListBucketResult>`,
    );
  });
  const found: ObjectSummary[] = [];
  for await (const object of storage.list('data', 'p/')) found.push(object);
  assert.deepEqual(found, [
    { key: 'p/a \u0001😀', size: 3, etag: '"e"', lastModified },
    { key: 'p/plus+plus', size: 3, etag: '"e"', lastModified },
  ]);
  assert.equal(asked[0]?.query.get('prefix'), 'p/');
  for await (const object of storage.list('data', 'p/', { limit: 1 })) assert.ok(object);
  assert.equal(asked.length, 3, 'no page is asked for beyond the limit');
});

test('an object is there, is not, or can’t be told', async (t) => {
  const { storage, asked } = await scriptedS3(t, ({ path }, response) => {
    const status = path.endsWith('/there +ü') ? 200 : path.endsWith('/not') ? 404 : 403;
    const headers = { etag: '"e"', 'content-length': 7, 'last-modified': lastModified.toUTCString() };
    response.writeHead(status, status === 200 ? headers : {}).end();
  });
  const found = await storage.find({ bucket: 'data', key: 'there +ü' });
  assert.deepEqual(found, { key: 'there +ü', size: 7, etag: '"e"', lastModified });
  assert.equal(await storage.find({ bucket: 'data', key: 'not' }), undefined);
  await assert.rejects(storage.find({ bucket: 'data', key: 'hidden' }), refused('AccessDenied'));
  assert.ok(asked.every(({ method }) => method === 'HEAD'));
});

test('a bucket is there, is not, or can’t be told', async (t) => {
  const { storage } = await scriptedS3(t, ({ path }, response) => {
    response.writeHead(path.startsWith('/there') ? 200 : path.startsWith('/not') ? 404 : 403).end();
  });
  assert.equal(await storage.bucketExists('there'), true);
  assert.equal(await storage.bucketExists('not'), false);
  await assert.rejects(storage.bucketExists('hidden'), refused('AccessDenied'));
});

test('a small body is one request, with its type, its key, and its SHA-256 in what is signed', async (t) => {
  const { storage, asked } = await scriptedS3(t, (_, response) =>
    response.writeHead(200, { etag: '"e"' }).end(),
  );
  const to = { bucket: 'data', key: 'model' };
  await storage.upload(to, bodyOf('he', 'llo'), { contentType: 'text/plain', kmsKeyId: 'key' });
  await storage.upload(to, bodyOf());
  const [first, second] = asked;
  assert.ok(first && second && asked.length === 2);
  assert.equal(first.body.toString(), 'hello');
  assert.equal(first.headers['content-type'], 'text/plain');
  assert.equal(first.headers['x-amz-server-side-encryption-aws-kms-key-id'], 'key');
  assert.equal(first.headers['x-amz-content-sha256'], createHash('sha256').update('hello').digest('hex'));
  assert.match(first.headers.authorization ?? '', /SignedHeaders=[^,]*x-amz-content-sha256/);
  assert.equal(second.body.length, 0);
});

test('a large body goes in parts, which are completed in order', async (t) => {
  const { storage, asked } = await scriptedS3(t, ({ method, query }, response) => {
    if (query.has('uploads'))
      answerXml(
        response,
        '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>',
      );
    else if (method === 'POST') answerXml(response, '<CompleteMultipartUploadResult/>');
    else response.writeHead(200, { etag: `"e${query.get('partNumber')}"` }).end();
  });
  const bytes = patternBytes(17 * MIB);
  await storage.upload({ bucket: 'data', key: 'model' }, bodyOf(bytes.subarray(0, 9), bytes.subarray(9)));
  const parts = asked
    .filter(({ query }) => query.has('partNumber'))
    .sort((a, b) => Number(a.query.get('partNumber')) - Number(b.query.get('partNumber')));
  assert.ok(Buffer.concat(parts.map(({ body }) => body)).equals(bytes));
  const complete = asked.at(-1)?.body.toString() ?? '';
  const etags = [...complete.matchAll(/<ETag>(?:"|&quot;)(.*?)(?:"|&quot;)<\/ETag><PartNumber>(\d+)</g)];
  assert.deepEqual(
    etags.map(([, etag, number]) => [etag, number]),
    [
      ['e1', '1'],
      ['e2', '2'],
      ['e3', '3'],
    ],
  );
});

test('when a part or the body fails, the upload is aborted', async (t) => {
  const { storage, asked } = await scriptedS3(t, ({ method, query }, response) => {
    if (query.has('uploads'))
      answerXml(
        response,
        '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>',
      );
    else if (query.get('partNumber') === '2') refuse(response, 403, 'AccessDenied');
    else response.writeHead(method === 'DELETE' ? 204 : 200, { etag: '"e"' }).end();
  });
  const to = { bucket: 'data', key: 'model' };
  /** Never ends: only the failure of its second part can end the upload. */
  async function* endless() {
    yield patternBytes(16 * MIB);
    await new Promise(() => undefined);
  }
  await assert.rejects(storage.upload(to, endless()), refused('AccessDenied'));
  assert.equal(asked.at(-1)?.method, 'DELETE');
  async function* failing() {
    yield patternBytes(8 * MIB + 1);
    throw new Error('the tar failed');
  }
  await assert.rejects(storage.upload(to, failing()), /the tar failed/);
  assert.ok(
    asked.every(({ method, query }) => method !== 'POST' || query.has('uploads')),
    'nothing is completed',
  );
});

test('removes one object, and tells why it could not', async (t) => {
  const { storage, asked } = await scriptedS3(t, (request, response) => {
    if (request.path.endsWith('locked')) refuse(response, 403, 'AccessDenied');
    else response.writeHead(204).end();
  });
  await storage.delete({ bucket: 'data', key: 'a b/ü' });
  assert.deepEqual(
    asked.map(({ method, path }) => [method, path]),
    [['DELETE', '/data/a b/ü']],
  );
  await assert.rejects(storage.delete({ bucket: 'data', key: 'locked' }), refused('AccessDenied'));
});
