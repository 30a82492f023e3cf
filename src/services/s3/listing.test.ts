import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  CreateBucketCommand,
  ListObjectsCommand,
  type ListObjectsCommandInput,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { codeOf, NOON, S3Server } from './testing/s3-server.ts';

const Bucket = 'books';
const KEYS = ['a', 'b/1', 'b/2', 'b/c/3', 'd', 'e/', 'e/4', 'f', 'ü', '｡', '🔑'];

suite('listings', () => {
  let server: S3Server;

  before(async () => {
    server = await S3Server.start();
    await server.client.send(new CreateBucketCommand({ Bucket }));
    for (const Key of KEYS.toReversed()) {
      await server.client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    }
  });
  after(() => server.close());

  const v1 = (more: Partial<ListObjectsCommandInput> = {}) =>
    server.client.send(new ListObjectsCommand({ Bucket, ...more }));
  const v2 = (more: Partial<ListObjectsV2CommandInput> = {}) =>
    server.client.send(new ListObjectsV2Command({ Bucket, ...more }));
  const shape = ({ Contents = [], CommonPrefixes = [] }: Awaited<ReturnType<typeof v2>>) => ({
    keys: Contents.map(({ Key }) => Key),
    prefixes: CommonPrefixes.map(({ Prefix }) => Prefix),
  });

  // S3 API reference, ListObjectsV2: "in UTF-8 binary order".
  test('objects come in the order of their keys’ UTF-8 bytes, with what is known of them', async () => {
    const page = await v2();
    assert.deepEqual(shape(page).keys, KEYS);
    assert.deepEqual([page.KeyCount, page.MaxKeys, page.IsTruncated], [KEYS.length, 1000, false]);
    const { LastModified, ETag, Size, StorageClass, Owner, ChecksumAlgorithm } = page.Contents?.[0] ?? {};
    assert.deepEqual(
      [LastModified, ETag, Size, StorageClass, Owner, ChecksumAlgorithm],
      [new Date(NOON), '"0cc175b9c0f1b6a831c399e269772661"', 1, 'STANDARD', undefined, ['CRC32']],
    );
    assert.match((await v2({ FetchOwner: true })).Contents?.[0]?.Owner?.ID ?? '', /^[0-9a-f]{64}$/);
  });

  test('prefix and delimiter', async () => {
    assert.deepEqual(shape(await v2({ Prefix: 'b/' })).keys, ['b/1', 'b/2', 'b/c/3']);
    assert.deepEqual(shape(await v2({ Delimiter: '/' })), {
      keys: ['a', 'd', 'f', 'ü', '｡', '🔑'],
      prefixes: ['b/', 'e/'],
    });
    assert.deepEqual(shape(await v2({ Prefix: 'b/', Delimiter: '/' })), {
      keys: ['b/1', 'b/2'],
      prefixes: ['b/c/'],
    });
    assert.deepEqual(shape(await v2({ Prefix: 'e/', Delimiter: '/' })).keys, ['e/', 'e/4']);
    assert.deepEqual(shape(await v2({ Prefix: 'nothing' })), { keys: [], prefixes: [] });
  });

  for (const MaxKeys of [1, 2, 3]) {
    for (const Delimiter of [undefined, '/']) {
      test(`pages of ${MaxKeys}, delimiter ${Delimiter}, hold everything once`, async () => {
        const seen: (string | undefined)[] = [];
        const delimited = Delimiter === undefined ? {} : { Delimiter };
        let ContinuationToken: string | undefined;
        do {
          const page = await v2({ MaxKeys, ...delimited, ...(ContinuationToken && { ContinuationToken }) });
          const { keys, prefixes } = shape(page);
          assert.ok(keys.length + prefixes.length <= MaxKeys);
          assert.equal(page.KeyCount, keys.length + prefixes.length);
          seen.push(...keys, ...prefixes);
          ContinuationToken = page.NextContinuationToken;
          assert.equal(ContinuationToken !== undefined, page.IsTruncated);
        } while (ContinuationToken);
        const expected = Delimiter ? ['a', 'b/', 'd', 'e/', 'f', 'ü', '｡', '🔑'] : KEYS;
        assert.deepEqual(seen.toSorted(), expected.toSorted());
      });
    }
  }

  test('version 1: markers', async () => {
    const first = await v1({ MaxKeys: 2 });
    assert.deepEqual(
      first.Contents?.map(({ Key }) => Key),
      ['a', 'b/1'],
    );
    // Only with a delimiter is there a NextMarker (S3 API reference, ListObjects).
    assert.deepEqual([first.IsTruncated, first.NextMarker], [true, undefined]);
    const rest = await v1({ Marker: 'b/1' });
    assert.deepEqual(
      rest.Contents?.map(({ Key }) => Key),
      KEYS.slice(2),
    );
    assert.ok(rest.Contents?.every(({ Owner }) => Owner?.ID));
    const grouped = await v1({ MaxKeys: 2, Delimiter: '/' });
    assert.deepEqual([grouped.NextMarker, grouped.CommonPrefixes], ['b/', [{ Prefix: 'b/' }]]);
    const next = await v1({ MaxKeys: 2, Delimiter: '/', Marker: 'b/' });
    assert.deepEqual(
      [next.Contents?.map(({ Key }) => Key), next.CommonPrefixes],
      [['d'], [{ Prefix: 'e/' }]],
    );
  });

  test('start-after', async () => {
    assert.deepEqual(shape(await v2({ StartAfter: 'd' })).keys, KEYS.slice(5));
    const page = await v2({ StartAfter: 'd', MaxKeys: 1 });
    assert.equal(page.StartAfter, 'd');
    const { NextContinuationToken = '' } = page;
    const next = await v2({ StartAfter: 'a', ContinuationToken: NextContinuationToken, MaxKeys: 1 });
    assert.deepEqual(shape(next).keys, ['e/4']);
  });

  // S3 API reference, ListObjectsV2, encoding-type.
  test('encoding-type=url', async () => {
    const page = await v2({ EncodingType: 'url', Prefix: 'ü' });
    assert.deepEqual([page.EncodingType, page.Prefix, shape(page).keys], ['url', '%C3%BC', ['%C3%BC']]);
    const wrong = await server.raw('GET', `/${Bucket}?encoding-type=base64`);
    assert.equal(codeOf(wrong), 'InvalidArgument');
  });

  test('max-keys: none, many, nonsense', async () => {
    const none = await v2({ MaxKeys: 0 });
    assert.deepEqual([shape(none).keys, none.IsTruncated, none.MaxKeys], [[], false, 0]);
    assert.equal((await v2({ MaxKeys: 5000 })).MaxKeys, 1000);
    for (const text of ['-1', 'x', '1.5', '99999999999']) {
      const refused = await server.raw('GET', `/${Bucket}?list-type=2&max-keys=${text}`);
      assert.deepEqual([refused.status, codeOf(refused)], [400, 'InvalidArgument'], text);
    }
    await assert.rejects(v2({ ContinuationToken: 'forged' }), { name: 'InvalidArgument' });
    await assert.rejects(v2({ Bucket: 'missing-bucket', MaxKeys: 0 }), { name: 'NoSuchBucket' });
  });

  test('no test made the server fault', () => assert.deepEqual(server.faults, []));
});
