import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { after, before, suite, test } from 'node:test';
import {
  type ChecksumAlgorithm,
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { checksumOf } from '../../objects/embedded/checksum.ts';
import { CHECKSUM_ALGORITHMS, checksumElement } from './checksums.ts';
import { codeOf, S3Server } from './testing/s3-server.ts';

const Bucket = 'books';
const CONTENT = randomBytes(300_000);

suite('checksums', () => {
  let server: S3Server;

  before(async () => {
    server = await S3Server.start();
    await server.client.send(new CreateBucketCommand({ Bucket }));
  });
  after(() => server.close());

  const stored = (Key: string) =>
    server.client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
  const exists = async (Key: string) => (await server.raw('HEAD', `/${Bucket}/${Key}`)).status === 200;

  // S3 user guide, "Checking object integrity in Amazon S3".
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const element = checksumElement(algorithm);
    const header = `x-amz-checksum-${algorithm.toLowerCase()}`;

    test(`${algorithm} in a header`, async () => {
      const value = await checksumOf(algorithm, CONTENT);
      const Key = `header-${algorithm}`;
      const written = await server.client.send(
        new PutObjectCommand({ Bucket, Key, Body: CONTENT, [element]: value }),
      );
      const head = await stored(Key);
      for (const answer of [written, head]) {
        assert.equal(answer[element], value);
        assert.equal(answer.ChecksumType, 'FULL_OBJECT');
      }
    });

    test(`${algorithm} in a trailer, of a stream`, async () => {
      const Key = `trailer-${algorithm}`;
      const options = { ChecksumAlgorithm: algorithm as ChecksumAlgorithm, ContentLength: CONTENT.length };
      await server.client.send(
        new PutObjectCommand({
          Bucket,
          Key,
          Body: Readable.from([CONTENT.subarray(0, 70_000), CONTENT.subarray(70_000)]),
          ContentEncoding: 'gzip',
          ...options,
        }),
      );
      const head = await stored(Key);
      assert.equal(head[element], await checksumOf(algorithm, CONTENT));
      assert.equal(head.ContentEncoding, 'gzip');
      // The client verifies what it reads against the checksum.
      const { Body } = await server.client.send(
        new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }),
      );
      assert.deepEqual(Buffer.from((await Body?.transformToByteArray()) ?? []), CONTENT);
    });

    test(`a wrong ${algorithm} leaves no object`, async () => {
      const value = await checksumOf(algorithm, Buffer.from('something else'));
      const inHeader = await server.raw('PUT', `/${Bucket}/wrong`, {
        body: CONTENT,
        headers: { [header]: value },
      });
      assert.deepEqual([inHeader.status, codeOf(inHeader)], [400, 'BadDigest']);
      assert.match(inHeader.body, new RegExp(`The ${algorithm} you specified did not match`));
      const inTrailer = await server.raw('PUT', `/${Bucket}/wrong`, trailing(header, value));
      assert.deepEqual([inTrailer.status, codeOf(inTrailer)], [400, 'BadDigest']);
      assert.equal(await exists('wrong'), false);
    });

    test(`a text that is no ${algorithm} is InvalidRequest`, async () => {
      const refused = await server.raw('PUT', `/${Bucket}/wrong`, {
        body: 'x',
        headers: { [header]: 'AAA=' },
      });
      assert.equal(codeOf(refused), 'InvalidRequest');
      const trailed = await server.raw('PUT', `/${Bucket}/wrong`, trailing(header, 'AAA='));
      assert.equal(codeOf(trailed), 'InvalidRequest');
      assert.equal(await exists('wrong'), false);
    });
  }

  /** An upload of `abc` in one chunk with a trailer. */
  const trailing = (header: string, value: string) => ({
    body: `3\r\nabc\r\n0\r\n${header}:${value}\r\n\r\n`,
    payload: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    headers: {
      'content-encoding': 'aws-chunked',
      'x-amz-decoded-content-length': '3',
      'x-amz-trailer': header,
    },
  });

  test('aws-chunked is not kept as the content’s encoding', async () => {
    const value = await checksumOf('CRC32', Buffer.from('abc'));
    await server.raw('PUT', `/${Bucket}/chunked`, trailing('x-amz-checksum-crc32', value));
    const { headers, body } = await server.raw('GET', `/${Bucket}/chunked`);
    assert.equal(headers['content-encoding'], undefined);
    assert.equal(body, 'abc');
  });

  test('two checksums, a checksum of another algorithm than announced, an announced one that doesn’t come', async () => {
    const crc32 = await checksumOf('CRC32', Buffer.from('abc'));
    const sha1 = await checksumOf('SHA1', Buffer.from('abc'));
    const cases: Record<string, string>[] = [
      { 'x-amz-checksum-crc32': crc32, 'x-amz-checksum-sha1': sha1 },
      { 'x-amz-checksum-crc32': crc32, 'x-amz-sdk-checksum-algorithm': 'SHA1' },
      { 'x-amz-sdk-checksum-algorithm': 'CRC32' },
      { 'x-amz-sdk-checksum-algorithm': 'MD4' },
      { 'x-amz-trailer': 'x-amz-checksum-crc32' },
    ];
    for (const headers of cases) {
      const refused = await server.raw('PUT', `/${Bucket}/refused`, { body: 'abc', headers });
      assert.deepEqual([refused.status, codeOf(refused)], [400, 'InvalidRequest'], JSON.stringify(headers));
    }
    assert.equal(await exists('refused'), false);
  });

  test('Content-MD5', async () => {
    const put = (md5: string) =>
      server.raw('PUT', `/${Bucket}/md5`, { body: 'abc', headers: { 'content-md5': md5 } });
    assert.equal((await put('kAFQmDzST7DWlj99KOF/cg==')).status, 200);
    assert.equal(codeOf(await put('kAFQmDzST7DWlj99KOF/cA==')), 'BadDigest');
    assert.equal(codeOf(await put('nonsense')), 'InvalidDigest');
  });

  test('a body that is not the one that was signed leaves no object', async () => {
    const signed = await server.sign('PUT', `/${Bucket}/tampered`, { body: 'abc' });
    const got = await server.send('PUT', `/${Bucket}/tampered`, signed.headers, (request) =>
      request.end('abd'),
    );
    assert.deepEqual([got.status, codeOf(got)], [400, 'XAmzContentSHA256Mismatch']);
    assert.equal(await exists('tampered'), false);
  });

  test('a copy has the checksum that is asked for', async () => {
    await server.client.send(new PutObjectCommand({ Bucket, Key: 'plain', Body: CONTENT }));
    const copy = new CopyObjectCommand({
      Bucket,
      Key: 'copy',
      CopySource: `${Bucket}/plain`,
      ChecksumAlgorithm: 'SHA256',
    });
    const { CopyObjectResult } = await server.client.send(copy);
    assert.equal(CopyObjectResult?.ChecksumSHA256, await checksumOf('SHA256', CONTENT));
    assert.equal((await stored('copy')).ChecksumSHA256, CopyObjectResult?.ChecksumSHA256);
  });

  test('no test made the server fault', () => assert.deepEqual(server.faults, []));
});
