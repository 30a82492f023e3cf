import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { NOON, S3Server } from './testing/s3-server.ts';

const Bucket = 'books';

suite('objects', () => {
  let server: S3Server;
  let s3: S3Client;

  before(async () => {
    server = await S3Server.start();
    s3 = server.client;
    await s3.send(new CreateBucketCommand({ Bucket }));
  });
  after(() => server.close());

  const put = (Key: string, Body: string | Buffer, more: object = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const read = async (Key: string, more: object = {}) => {
    const { Body, ...rest } = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
    return { ...rest, text: (await Body?.transformToString()) ?? '' };
  };

  // S3 API reference, PutObject and GetObject.
  test('what is put comes back with all that was said of it', async () => {
    const Expires = new Date(Date.UTC(2030, 0, 1));
    const said = {
      ContentType: 'text/plain; charset=utf-8',
      ContentEncoding: 'identity',
      ContentLanguage: 'en',
      ContentDisposition: 'attachment; filename="a.txt"',
      CacheControl: 'no-store',
      Metadata: { colour: 'blue', 'with-dash': 'a b' },
    };
    const { ETag } = await put('said', 'hello', { ...said, Expires, Tagging: 'a=1&b=x%20y' });
    assert.equal(ETag, '"5d41402abc4b2a76b9719d911017c592"');
    const got = await read('said');
    assert.equal(got.text, 'hello');
    assert.equal(got.ETag, ETag);
    assert.equal(got.ContentLength, 5);
    assert.equal(got.AcceptRanges, 'bytes');
    assert.equal(got.ExpiresString, Expires.toUTCString());
    assert.equal(got.LastModified?.getTime(), NOON - 500);
    assert.equal(got.TagCount, 2);
    for (const [name, value] of Object.entries(said)) assert.deepEqual(got[name as keyof typeof said], value);
  });

  test('HEAD tells the same as GET', async () => {
    await put('head', 'hello', { Metadata: { a: 'b' } });
    const { $metadata: _, ...head } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'head' }));
    const { $metadata: __, text: ___, ...get } = await read('head');
    const { ChecksumCRC32, ChecksumType, ...plain } = get;
    assert.ok(ChecksumCRC32 && ChecksumType);
    assert.deepEqual(head, plain);
  });

  // S3 API reference, GetObject, "Content-Type": binary/octet-stream is the default.
  test('an object of no stated type is binary/octet-stream', async () => {
    await server.raw('PUT', `/${Bucket}/untyped`, { body: 'x' });
    const { headers } = await server.raw('GET', `/${Bucket}/untyped`);
    assert.equal(headers['content-type'], 'binary/octet-stream');
  });

  test('an empty object', async () => {
    await put('empty', '');
    const { text, ContentLength, ETag } = await read('empty');
    assert.deepEqual([text, ContentLength, ETag], ['', 0, '"d41d8cd98f00b204e9800998ecf8427e"']);
  });

  const ODD_KEYS = [
    'a b+c&d=e?f#g',
    '/leading//double/',
    '.',
    '../up/./down',
    '100%',
    '%41',
    'ключ/鍵/🔑',
    'quote"<\'>;:@,$!*()[]{}|\\^`~',
    'line\nbreak\rreturn\ttab',
    'control\u0001\u007f',
    'x'.repeat(1024),
  ];

  for (const Key of ODD_KEYS) {
    test(`the key ${JSON.stringify(Key.slice(0, 40))} is an object like any other`, async () => {
      await put(Key, Key);
      assert.equal((await read(Key)).text, Key);
      const copy = await s3.send(
        new CopyObjectCommand({
          Bucket,
          Key: 'odd-copy',
          CopySource: `${Bucket}/${encodeURIComponent(Key)}`,
        }),
      );
      assert.ok(copy.CopyObjectResult?.ETag);
      assert.equal((await read('odd-copy')).text, Key);
      const deleted = await s3.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }, { Key: 'odd-copy' }] } }),
      );
      assert.deepEqual(
        deleted.Deleted?.map((each) => each.Key),
        [Key, 'odd-copy'],
      );
      await assert.rejects(read(Key), { name: 'NoSuchKey' });
    });
  }

  test('a key of more than 1,024 bytes is KeyTooLongError', async () => {
    await assert.rejects(put('ü'.repeat(513), 'x'), { name: 'KeyTooLongError' });
  });

  // S3 user guide, "User-defined object metadata": 2 KB, and RFC 2047 for what ASCII can't say.
  test('metadata outside ASCII comes back as RFC 2047 words', async () => {
    await server.raw('PUT', `/${Bucket}/meta`, { body: 'x', headers: { 'x-amz-meta-colour': 'grün' } });
    const { headers } = await server.raw('HEAD', `/${Bucket}/meta`);
    assert.equal(headers['x-amz-meta-colour'], `=?UTF-8?B?${Buffer.from('grün').toString('base64')}?=`);
  });

  test('2,048 bytes of metadata are fine, one more is MetadataTooLarge', async () => {
    await put('meta-size', 'x', { Metadata: { name: 'x'.repeat(2044) } });
    await assert.rejects(put('meta-size', 'x', { Metadata: { name: 'x'.repeat(2045) } }), {
      name: 'MetadataTooLarge',
    });
  });

  // S3 API reference, GetObject, "Overriding response header values".
  test('response-* parameters override headers of this answer', async () => {
    await put('override', 'x', { ContentType: 'text/plain' });
    const { ContentType, ContentDisposition } = await read('override', {
      ResponseContentType: 'text/html',
      ResponseContentDisposition: 'attachment; filename="ü"',
    });
    assert.equal(ContentType, 'text/html');
    assert.equal(Buffer.from(ContentDisposition ?? '', 'latin1').toString(), 'attachment; filename="ü"');
    await assert.rejects(read('override', { ResponseContentType: 'text/html\r\nset-cookie: a' }), {
      name: 'InvalidArgument',
    });
  });

  test('deleting is idempotent, and conditional on If-Match', async () => {
    const { ETag = '' } = await put('doomed', 'x');
    const remove = (IfMatch?: string) =>
      s3.send(new DeleteObjectCommand({ Bucket, Key: 'doomed', ...(IfMatch && { IfMatch }) }));
    await assert.rejects(remove('"0123"'), { name: 'PreconditionFailed' });
    assert.equal((await remove(ETag)).$metadata.httpStatusCode, 204);
    assert.equal((await remove()).$metadata.httpStatusCode, 204);
    await assert.rejects(remove(ETag), { name: 'NoSuchKey' });
  });

  test('DeleteObjects, quietly, tells of errors only', async () => {
    await put('one', 'x');
    const Objects = [{ Key: 'one' }, { Key: 'two', VersionId: 'v1' }];
    const result = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Quiet: true, Objects } }));
    assert.equal(result.Deleted, undefined);
    assert.deepEqual(
      result.Errors?.map(({ Key, VersionId, Code }) => ({ Key, VersionId, Code })),
      [{ Key: 'two', VersionId: 'v1', Code: 'NoSuchVersion' }],
    );
    await assert.rejects(read('one'), { name: 'NoSuchKey' });
  });

  test('DeleteObjects takes 1,000 keys, not more', async () => {
    const Objects = Array.from({ length: 1001 }, (_, index) => ({ Key: `none-${index}` }));
    const all = new DeleteObjectsCommand({ Bucket, Delete: { Objects } });
    await assert.rejects(s3.send(all), { name: 'MalformedXML' });
    const most = new DeleteObjectsCommand({ Bucket, Delete: { Objects: Objects.slice(1) } });
    assert.equal((await s3.send(most)).Deleted?.length, 1000);
  });

  test('a copy takes everything along, or what it is told', async () => {
    const source = { ContentType: 'text/x', Metadata: { a: '1' }, Tagging: 'k=v' };
    await put('original', 'bytes', source);
    const CopySource = `${Bucket}/original`;
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'copied', CopySource }));
    const copied = await read('copied');
    assert.deepEqual(
      [copied.text, copied.ContentType, copied.Metadata, copied.TagCount],
      ['bytes', 'text/x', { a: '1' }, 1],
    );
    const replace = { MetadataDirective: 'REPLACE', TaggingDirective: 'REPLACE' } as const;
    const Metadata = { b: '2' };
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'replaced', CopySource, ...replace, Metadata }));
    const replaced = await read('replaced');
    assert.deepEqual(
      [replaced.text, replaced.ContentType, replaced.Metadata, replaced.TagCount],
      ['bytes', 'binary/octet-stream', { b: '2' }, undefined],
    );
  });

  test('a copy onto itself has to change something', async () => {
    await put('self', 'x');
    const self = { Bucket, Key: 'self', CopySource: `${Bucket}/self` };
    await assert.rejects(s3.send(new CopyObjectCommand(self)), { name: 'InvalidRequest' });
    await s3.send(new CopyObjectCommand({ ...self, MetadataDirective: 'REPLACE', Metadata: { n: '1' } }));
    assert.deepEqual((await read('self')).Metadata, { n: '1' });
  });

  test('copying what is not there', async () => {
    const copy = (CopySource: string) => s3.send(new CopyObjectCommand({ Bucket, Key: 'x', CopySource }));
    await assert.rejects(copy(`${Bucket}/missing`), { name: 'NoSuchKey' });
    await assert.rejects(copy('missing-bucket/key'), { name: 'NoSuchBucket' });
    await assert.rejects(copy('nonsense'), { name: 'InvalidArgument' });
  });

  test('tags and the access control list can be read', async () => {
    await put('tagged', 'x', { Tagging: 'a=1&b=x%20y' });
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }));
    assert.deepEqual(TagSet, [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: 'x y' },
    ]);
    const { Grants } = await s3.send(new GetObjectAclCommand({ Bucket, Key: 'tagged' }));
    assert.deepEqual(
      Grants?.map(({ Permission, Grantee }) => [Permission, Grantee?.Type]),
      [['FULL_CONTROL', 'CanonicalUser']],
    );
  });

  // S3 API reference, PutObject, x-amz-server-side-encryption*.
  test('server-side encryption is kept and told', async () => {
    await put('sse', 'secret', { ServerSideEncryption: 'AES256' });
    assert.equal((await read('sse')).ServerSideEncryption, 'AES256');
    const kms = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/mine', BucketKeyEnabled: true };
    const written = await put('kms', 'secret', kms);
    const got = await read('kms');
    assert.equal(got.text, 'secret');
    assert.deepEqual([got.ServerSideEncryption, got.BucketKeyEnabled], ['aws:kms', true]);
    assert.match(got.SSEKMSKeyId ?? '', /^arn:aws:kms:us-west-2:123456789012:key\//);
    assert.equal(got.SSEKMSKeyId, written.SSEKMSKeyId);
    await assert.rejects(put('kms', 'x', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/nobody' }), {
      name: 'KMS.NotFoundException',
    });
    await assert.rejects(put('kms', 'x', { SSEKMSKeyId: 'alias/mine' }), { name: 'InvalidArgument' });
  });

  test('no test made the server fault', () => assert.deepEqual(server.faults, []));
});
