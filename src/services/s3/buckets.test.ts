import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { codeOf, NOON, S3Server } from './testing/s3-server.ts';

suite('buckets', () => {
  let server: S3Server;

  before(async () => {
    server = await S3Server.start();
  });
  after(() => server.close());

  const create = (Bucket: string, more: object = {}) =>
    server.client.send(new CreateBucketCommand({ Bucket, ...more }));

  test('a bucket is made, found, listed and deleted', async () => {
    const { Location } = await create('first-bucket');
    assert.equal(Location, '/first-bucket');
    const head = await server.client.send(new HeadBucketCommand({ Bucket: 'first-bucket' }));
    assert.equal(head.BucketRegion, 'us-west-2');
    const { Buckets, Owner } = await server.client.send(new ListBucketsCommand());
    assert.deepEqual(Buckets, [
      { Name: 'first-bucket', CreationDate: new Date(NOON), BucketRegion: 'us-west-2' },
    ]);
    assert.match(Owner?.ID ?? '', /^[0-9a-f]{64}$/);
    await server.client.send(new DeleteBucketCommand({ Bucket: 'first-bucket' }));
    await assert.rejects(server.client.send(new HeadBucketCommand({ Bucket: 'first-bucket' })), {
      name: 'NotFound',
    });
  });

  // boto3 tells HeadBucket's errors by the status line alone: "Not Found", "Forbidden".
  test('HEAD of what is not there has a status and no body', async () => {
    const missing = await server.raw('HEAD', '/missing-bucket');
    assert.deepEqual([missing.status, missing.message, missing.body], [404, 'Not Found', '']);
    await create('forbidden-bucket');
    const headers = { 'x-amz-expected-bucket-owner': '999999999999' };
    const forbidden = await server.raw('HEAD', '/forbidden-bucket', { headers });
    assert.deepEqual([forbidden.status, forbidden.message, forbidden.body], [403, 'Forbidden', '']);
  });

  // S3 API reference, CreateBucket.
  test('the location has to be this server’s region', async () => {
    const at = (LocationConstraint: string) => ({ CreateBucketConfiguration: { LocationConstraint } });
    await create('located', at('us-west-2'));
    await assert.rejects(create('elsewhere', at('eu-west-1')), {
      name: 'IllegalLocationConstraintException',
      message: /^The eu-west-1 location constraint is incompatible/,
    });
    const location = new GetBucketLocationCommand({ Bucket: 'located' });
    assert.equal((await server.client.send(location)).LocationConstraint, 'us-west-2');
  });

  test('what a bucket can’t be is refused', async () => {
    await assert.rejects(create('Upper_Case'), { name: 'InvalidBucketName' });
    await assert.rejects(create('locked', { ObjectLockEnabledForBucket: true }), { name: 'NotImplemented' });
    await assert.rejects(create('public', { ACL: 'public-read' }), { name: 'NotImplemented' });
    const Tags = [{ Key: 'a', Value: 'b' }];
    await assert.rejects(create('tagged', { CreateBucketConfiguration: { Tags } }), {
      name: 'NotImplemented',
      message: /: Tags$/,
    });
  });

  // S3 API reference, CreateBucket, errors: only us-east-1 answers 200 the second time.
  test('making one’s own bucket again', async () => {
    await create('twice');
    await assert.rejects(create('twice'), { name: 'BucketAlreadyOwnedByYou' });
    const virginia = await S3Server.start({ region: 'us-east-1' });
    try {
      await virginia.client.send(new CreateBucketCommand({ Bucket: 'twice' }));
      await virginia.client.send(new CreateBucketCommand({ Bucket: 'twice' }));
      const location = new GetBucketLocationCommand({ Bucket: 'twice' });
      assert.equal((await virginia.client.send(location)).LocationConstraint, undefined);
    } finally {
      await virginia.close();
    }
  });

  test('only an empty bucket can be deleted', async () => {
    const Bucket = 'full';
    await create(Bucket);
    await server.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
    const remove = () => server.client.send(new DeleteBucketCommand({ Bucket }));
    await assert.rejects(remove(), { name: 'BucketNotEmpty' });
    await server.client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    await remove();
    await assert.rejects(remove(), { name: 'NoSuchBucket' });
  });

  test('the settings of a bucket are those of a bucket without any', async () => {
    const Bucket = 'settings';
    await create(Bucket);
    const { client } = server;
    assert.equal((await client.send(new GetBucketVersioningCommand({ Bucket }))).Status, undefined);
    const { Grants } = await client.send(new GetBucketAclCommand({ Bucket }));
    assert.deepEqual(
      Grants?.map(({ Permission }) => Permission),
      ['FULL_CONTROL'],
    );
    const { OwnershipControls } = await client.send(new GetBucketOwnershipControlsCommand({ Bucket }));
    assert.deepEqual(OwnershipControls?.Rules, [{ ObjectOwnership: 'BucketOwnerEnforced' }]);
    await assert.rejects(client.send(new GetBucketPolicyCommand({ Bucket })), { name: 'NoSuchBucketPolicy' });
    await assert.rejects(client.send(new GetBucketTaggingCommand({ Bucket })), { name: 'NoSuchTagSet' });
    await assert.rejects(client.send(new GetBucketEncryptionCommand({ Bucket })), {
      name: 'ServerSideEncryptionConfigurationNotFoundError',
    });
    await assert.rejects(client.send(new GetBucketPolicyCommand({ Bucket: 'no-such' })), {
      name: 'NoSuchBucket',
    });
    for (const query of ['versioning', 'policy', 'encryption', 'lifecycle', 'cors']) {
      const set = await server.raw('PUT', `/${Bucket}?${query}`, { body: '<x/>' });
      assert.deepEqual([set.status, codeOf(set)], [501, 'NotImplemented']);
    }
    assert.equal(codeOf(await server.raw('GET', `/${Bucket}?versions`)), 'NotImplemented');
  });

  // S3 API reference, ListBuckets.
  test('buckets are listed by prefix and page by page', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await create(name);
    const list = (more: object) => server.client.send(new ListBucketsCommand({ Prefix: 'page-', ...more }));
    const first = await list({ MaxBuckets: 2 });
    assert.deepEqual(
      first.Buckets?.map(({ Name }) => Name),
      ['page-a', 'page-b'],
    );
    const rest = await list({ ContinuationToken: first.ContinuationToken });
    assert.deepEqual(
      rest.Buckets?.map(({ Name }) => Name),
      ['page-c'],
    );
    assert.equal(rest.ContinuationToken, undefined);
    assert.equal((await list({ BucketRegion: 'eu-west-1' })).Buckets?.length ?? 0, 0);
  });

  test('no test made the server fault', () => assert.deepEqual(server.faults, []));
});
