import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { sliceOfRange } from './ranges.ts';
import { codeOf, NOON, S3Server } from './testing/s3-server.ts';

const Bucket = 'books';
const Key = 'digits';
const CONTENT = '0123456789';
const ETAG = '"781e5e245d69b566979b86e28d23f2c7"';
const PATH = `/${Bucket}/${Key}`;

suite('reads: conditions and ranges', () => {
  let server: S3Server;

  before(async () => {
    server = await S3Server.start();
    await server.client.send(new CreateBucketCommand({ Bucket }));
    const { ETag } = await server.client.send(new PutObjectCommand({ Bucket, Key, Body: CONTENT }));
    assert.equal(ETag, ETAG);
    await server.client.send(new PutObjectCommand({ Bucket, Key: 'empty', Body: '' }));
  });
  after(() => server.close());

  const date = (offset: number) => new Date(NOON + offset).toUTCString();
  const [BEFORE, SAME, AFTER] = [-60_000, 0, 60_000];
  const OTHER = '"0123"';

  /** Status by condition. Source: S3 API reference, GetObject, "Additional considerations about request headers"; RFC 9110 §13.2.2. */
  const CONDITIONS: readonly [headers: Record<string, string>, status: number][] = [
    [{ 'if-match': ETAG }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': `${OTHER}, ${ETAG}` }, 200],
    [{ 'if-match': ETAG.replaceAll('"', '') }, 200],
    [{ 'if-match': OTHER }, 412],
    [{ 'if-none-match': OTHER }, 200],
    [{ 'if-none-match': ETAG }, 304],
    [{ 'if-none-match': `W/${ETAG}` }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-modified-since': date(BEFORE) }, 200],
    [{ 'if-modified-since': date(SAME) }, 304],
    [{ 'if-modified-since': date(AFTER) }, 304],
    [{ 'if-modified-since': 'nonsense' }, 200],
    [{ 'if-unmodified-since': date(BEFORE) }, 412],
    [{ 'if-unmodified-since': date(SAME) }, 200],
    [{ 'if-unmodified-since': date(AFTER) }, 200],
    // If-Match beats If-Unmodified-Since; If-None-Match beats If-Modified-Since.
    [{ 'if-match': ETAG, 'if-unmodified-since': date(BEFORE) }, 200],
    [{ 'if-match': OTHER, 'if-unmodified-since': date(AFTER) }, 412],
    [{ 'if-none-match': ETAG, 'if-modified-since': date(BEFORE) }, 304],
    [{ 'if-none-match': OTHER, 'if-modified-since': date(AFTER) }, 200],
  ];

  for (const [headers, status] of CONDITIONS) {
    test(`${JSON.stringify(headers)} is ${status}`, async () => {
      const got = await server.raw('GET', PATH, { headers });
      assert.equal(got.status, status);
      assert.equal(got.body === CONTENT, status === 200);
      if (status === 304) assert.deepEqual([got.headers.etag, got.body], [ETAG, '']);
      if (status === 412) assert.equal(codeOf(got), 'PreconditionFailed');
      assert.equal((await server.raw('HEAD', PATH, { headers })).status, status);
    });
  }

  /** Bytes and Content-Range by Range. Source: S3 API reference, GetObject, Range; RFC 9110 §14. */
  const RANGES: readonly [range: string, body: string, contentRange: string | undefined][] = [
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=4-', '456789', 'bytes 4-9/10'],
    ['bytes=9-9', '9', 'bytes 9-9/10'],
    ['bytes=8-100', '89', 'bytes 8-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-100', CONTENT, 'bytes 0-9/10'],
    ['bytes=0-9', CONTENT, 'bytes 0-9/10'],
    ['bytes=3-2', CONTENT, undefined],
    ['bytes=-', CONTENT, undefined],
    ['lines=1-2', CONTENT, undefined],
    ['bytes=0-1,3-4', CONTENT, undefined],
  ];

  for (const [range, body, contentRange] of RANGES) {
    test(`Range: ${range}`, async () => {
      const got = await server.raw('GET', PATH, { headers: { range } });
      assert.equal(got.status, contentRange ? 206 : 200);
      assert.equal(got.body, body);
      assert.equal(got.headers['content-range'], contentRange);
      assert.equal(got.headers['content-length'], String(body.length));
    });
  }

  for (const [path, range] of [
    [PATH, 'bytes=10-'],
    [PATH, 'bytes=50-60'],
    [PATH, 'bytes=-0'],
    [`/${Bucket}/empty`, 'bytes=0-'],
    [`/${Bucket}/empty`, 'bytes=-5'],
  ] as const) {
    test(`Range: ${range} of ${path} can't be satisfied`, async () => {
      const got = await server.raw('GET', path, { headers: { range } });
      assert.equal(got.status, 416);
      assert.equal(codeOf(got), 'InvalidRange');
      const size = path === PATH ? 10 : 0;
      assert.equal(got.headers['content-range'], `bytes */${size}`);
      assert.match(got.body, new RegExp(`<ActualObjectSize>${size}</ActualObjectSize>`));
    });
  }

  // RFC 9110 §13.1.5.
  test('If-Range lets a range apply to the object that the client knows only', async () => {
    const get = (validator: string) =>
      server.raw('GET', PATH, { headers: { range: 'bytes=0-0', 'if-range': validator } });
    assert.equal((await get(ETAG)).status, 206);
    assert.equal((await get(OTHER)).status, 200);
    assert.equal((await get(date(SAME))).status, 206);
    assert.equal((await get(date(BEFORE))).status, 200);
  });

  test('a range is not given the whole object’s checksum', async () => {
    const { Body, ChecksumCRC32 } = await server.client.send(
      new GetObjectCommand({ Bucket, Key, Range: 'bytes=1-2', ChecksumMode: 'ENABLED' }),
    );
    assert.equal(await Body?.transformToString(), '12');
    assert.equal(ChecksumCRC32, undefined);
  });

  // S3 API reference, GetObject, partNumber.
  test('an object that was put whole is its own first part', async () => {
    const first = await server.client.send(new HeadObjectCommand({ Bucket, Key, PartNumber: 1 }));
    assert.deepEqual([first.ContentLength, first.PartsCount], [10, undefined]);
    const second = await server.raw('GET', `${PATH}?partNumber=2`);
    assert.deepEqual([second.status, codeOf(second)], [416, 'InvalidPartNumber']);
    const both = await server.raw('GET', `${PATH}?partNumber=1`, { headers: { range: 'bytes=0-1' } });
    assert.equal(codeOf(both), 'InvalidRequest');
  });

  test('a version other than null does not exist', async () => {
    assert.equal((await server.raw('GET', `${PATH}?versionId=null`)).body, CONTENT);
    const other = await server.raw('GET', `${PATH}?versionId=abc`);
    assert.deepEqual([other.status, codeOf(other)], [404, 'NoSuchVersion']);
  });

  test('ranges beyond what a number holds exactly stay in the object', () => {
    assert.deepEqual(sliceOfRange('bytes=0-99999999999999999999', 10), { start: 0, length: 10 });
    assert.throws(() => sliceOfRange('bytes=99999999999999999999-', 10), { code: 'InvalidRange' });
  });

  test('no test made the server fault', () => assert.deepEqual(server.faults, []));
});
