import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { codeOf, NOON, S3Server } from './testing/s3-server.ts';

const Bucket = 'books';

suite('writes: conditions, refusals, presigned URLs', () => {
  let server: S3Server;

  before(async () => {
    server = await S3Server.start();
    await server.client.send(new CreateBucketCommand({ Bucket }));
  });
  after(() => server.close());

  const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
    server.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more }));

  // S3 user guide, "How to prevent object overwrites with conditional writes".
  test('If-None-Match: * writes only what is not there', async () => {
    await put('once', { IfNoneMatch: '*' });
    await assert.rejects(put('once', { IfNoneMatch: '*' }), { name: 'PreconditionFailed' });
    await assert.rejects(put('once', { IfNoneMatch: '"abc"' }), { name: 'NotImplemented' });
  });

  test('If-Match writes only over what the client knows', async () => {
    const { ETag = '' } = await put('known', { Body: '1' });
    await put('known', { Body: '2', IfMatch: ETag });
    await assert.rejects(put('known', { Body: '3', IfMatch: ETag }), { name: 'PreconditionFailed' });
    await assert.rejects(put('unknown', { IfMatch: ETag }), { name: 'NoSuchKey' });
  });

  // S3 API reference, CopyObject, "x-amz-copy-source-if-*".
  test('the conditions of a copy’s source', async () => {
    const { ETag = '' } = await put('source', { Body: 'copied' });
    const [earlier, later] = [new Date(NOON - 60_000), new Date(NOON + 60_000)];
    const copy = (conditions: Partial<CopyObjectCommandInput>) =>
      server.client.send(
        new CopyObjectCommand({ Bucket, Key: 'target', CopySource: `${Bucket}/source`, ...conditions }),
      );
    await copy({ CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: earlier });
    await copy({ CopySourceIfNoneMatch: '"abc"', CopySourceIfModifiedSince: later });
    const failing: Partial<CopyObjectCommandInput>[] = [
      { CopySourceIfMatch: '"abc"' },
      { CopySourceIfNoneMatch: ETag },
      { CopySourceIfUnmodifiedSince: earlier },
      { CopySourceIfModifiedSince: later },
      { CopySourceIfNoneMatch: ETag, CopySourceIfModifiedSince: earlier },
    ];
    for (const conditions of failing) await assert.rejects(copy(conditions), { name: 'PreconditionFailed' });
  });

  /** What asks for something that isn't done here is refused by name, and nothing is written. */
  const UNSUPPORTED: readonly Partial<PutObjectCommandInput>[] = [
    { ACL: 'public-read' },
    { GrantRead: 'uri="http://acs.amazonaws.com/groups/global/AllUsers"' },
    { StorageClass: 'GLACIER' },
    { ObjectLockLegalHoldStatus: 'ON' },
    { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date(NOON) },
    { WebsiteRedirectLocation: '/elsewhere' },
    { SSECustomerAlgorithm: 'AES256', SSECustomerKey: Buffer.alloc(32).toString('base64') },
    { ServerSideEncryption: 'aws:kms:dsse' },
    { ServerSideEncryption: 'aws:kms', SSEKMSEncryptionContext: 'e30=' },
    { WriteOffsetBytes: 3 },
  ];

  for (const asked of UNSUPPORTED) {
    test(`${JSON.stringify(asked)} is NotImplemented`, async () => {
      const refused = (error: Error & { Header?: string }) => {
        assert.equal(error.name, 'NotImplemented');
        assert.match(
          error.message,
          /^A header you provided implies functionality that is not implemented: x-amz-/,
        );
        return true;
      };
      await assert.rejects(put('unsupported', asked), refused);
      const { status } = await server.raw('HEAD', `/${Bucket}/unsupported`);
      assert.equal(status, 404);
    });
  }

  test('what says no more than what is done anyhow is fine', async () => {
    await put('supported', { ACL: 'bucket-owner-full-control', StorageClass: 'STANDARD' });
    await put('supported', { ACL: 'private', ExpectedBucketOwner: '123456789012' });
  });

  // S3 user guide, "Verifying bucket ownership with bucket owner condition".
  test('a bucket that is not the expected owner’s is AccessDenied', async () => {
    const error = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };
    await assert.rejects(put('owned', { ExpectedBucketOwner: '999999999999' }), (thrown: typeof error) => {
      assert.equal(thrown.name, error.name);
      assert.equal(thrown.$metadata.httpStatusCode, 403);
      return true;
    });
  });

  test('sub-resources that don’t exist here are NotImplemented, by name', async () => {
    for (const [method, query] of [
      ['PUT', 'tagging'],
      ['PUT', 'acl'],
      ['PUT', 'retention'],
      ['POST', 'restore'],
      ['GET', 'torrent'],
      ['DELETE', 'tagging'],
    ] as const) {
      const refused = await server.raw(method, `/${Bucket}/key?${query}`, {
        body: method === 'PUT' ? 'x' : '',
      });
      assert.deepEqual([refused.status, codeOf(refused)], [501, 'NotImplemented'], `${method} ?${query}`);
      assert.match(refused.body, new RegExp(`not implemented: ${query}<`));
    }
    assert.equal((await server.raw('HEAD', `/${Bucket}/key`)).status, 404);
  });

  test('presigned URLs: put, get, and x-amz-* headers as query parameters', async () => {
    const command = new PutObjectCommand({ Bucket, Key: 'pre signed', Metadata: { a: 'b' } });
    const putUrl = await getSignedUrl(server.client, command, { expiresIn: 60 });
    assert.match(putUrl, /x-amz-meta-a=b/);
    // The checksum of no body, which S3 takes no notice of (localstack issue #12169).
    assert.match(putUrl, /x-amz-checksum-crc32=AAAAAA/);
    const written = await fetch(putUrl, { method: 'PUT', body: 'by anyone' });
    assert.equal(written.status, 200, await written.text());
    const getUrl = await getSignedUrl(server.client, new GetObjectCommand({ Bucket, Key: 'pre signed' }));
    const got = await fetch(getUrl);
    assert.equal(await got.text(), 'by anyone');
    assert.equal(got.headers.get('x-amz-meta-a'), 'b');
  });

  test('no test made the server fault', () => assert.deepEqual(server.faults, []));
});
