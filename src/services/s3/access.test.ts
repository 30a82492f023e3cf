import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { LIMITED_CREDENTIALS, S3Server } from './testing/s3-server.ts';

const limits = { read: ['s3://data/train/', 's3://models'], write: ['s3://data/out/'] };

suite('a role that is limited to some prefixes', () => {
  let server: S3Server;
  let job: S3Client;

  before(async () => {
    server = await S3Server.start({ limits });
    job = server.connect({ credentials: LIMITED_CREDENTIALS });
    for (const Bucket of ['data', 'models', 'other'])
      await server.client.send(new CreateBucketCommand({ Bucket }));
    for (const [Bucket, Key] of [
      ['data', 'train/a'],
      ['data', 'test/a'],
      ['data', 'out/a'],
      ['models', 'm'],
      ['other', 'o'],
    ]) {
      await server.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    }
  });
  after(() => server.close());

  // The answer to a HEAD has no body to name the error in.
  const is403 = (error: { $metadata?: { httpStatusCode?: number } }) =>
    error.$metadata?.httpStatusCode === 403;

  test('may do what it names', async () => {
    const body = { Body: 'y' };
    await job.send(new GetObjectCommand({ Bucket: 'data', Key: 'train/a' }));
    await job.send(new HeadObjectCommand({ Bucket: 'models', Key: 'm' }));
    await job.send(new GetObjectTaggingCommand({ Bucket: 'data', Key: 'train/a' }));
    await job.send(new PutObjectCommand({ Bucket: 'data', Key: 'out/new', ...body }));
    await job.send(new CopyObjectCommand({ Bucket: 'data', Key: 'out/copy', CopySource: 'data/train/a' }));
    await job.send(new CreateMultipartUploadCommand({ Bucket: 'data', Key: 'out/parts' }));
    await job.send(new DeleteObjectCommand({ Bucket: 'data', Key: 'out/new' }));
    await job.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 'train/' }));
    await job.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 'out/sub/' }));
    await job.send(new ListObjectsCommand({ Bucket: 'models' }));
    await job.send(new HeadBucketCommand({ Bucket: 'data' }));
    await job.send(new GetBucketLocationCommand({ Bucket: 'data' }));
  });

  test('may do nothing else', async () => {
    const refused: (() => Promise<unknown>)[] = [
      () => job.send(new GetObjectCommand({ Bucket: 'data', Key: 'test/a' })),
      () => job.send(new GetObjectCommand({ Bucket: 'data', Key: 'out/a' })),
      () => job.send(new GetObjectCommand({ Bucket: 'data', Key: 'none/at/all' })),
      () => job.send(new HeadObjectCommand({ Bucket: 'other', Key: 'o' })),
      () => job.send(new PutObjectCommand({ Bucket: 'data', Key: 'train/a', Body: 'y' })),
      () => job.send(new PutObjectCommand({ Bucket: 'data', Key: 'outside', Body: 'y' })),
      () => job.send(new DeleteObjectCommand({ Bucket: 'data', Key: 'train/a' })),
      () => job.send(new CopyObjectCommand({ Bucket: 'data', Key: 'out/c', CopySource: 'data/test/a' })),
      () => job.send(new CopyObjectCommand({ Bucket: 'data', Key: 'train/c', CopySource: 'data/train/a' })),
      () => job.send(new CreateMultipartUploadCommand({ Bucket: 'data', Key: 'train/p' })),
      () => job.send(new ListMultipartUploadsCommand({ Bucket: 'data' })),
      () => job.send(new ListObjectsV2Command({ Bucket: 'data' })),
      () => job.send(new ListObjectsV2Command({ Bucket: 'data', Prefix: 'tr' })),
      () => job.send(new ListObjectsV2Command({ Bucket: 'other' })),
      () => job.send(new HeadBucketCommand({ Bucket: 'other' })),
      () => job.send(new ListBucketsCommand()),
      () => job.send(new CreateBucketCommand({ Bucket: 'more' })),
      () => job.send(new DeleteBucketCommand({ Bucket: 'models' })),
    ];
    for (const call of refused) await assert.rejects(call(), is403, String(call));
    await assert.rejects(refused[0]?.() ?? Promise.resolve(), { name: 'AccessDenied' });
    await server.client.send(new GetObjectCommand({ Bucket: 'data', Key: 'train/a' }));
  });

  test('of many objects, only those that it may write are deleted', async () => {
    await server.client.send(new PutObjectCommand({ Bucket: 'data', Key: 'out/gone', Body: 'x' }));
    const Objects = ['out/gone', 'train/a'].map((Key) => ({ Key }));
    const { Deleted, Errors } = await job.send(
      new DeleteObjectsCommand({ Bucket: 'data', Delete: { Objects } }),
    );
    assert.deepEqual(
      Deleted?.map(({ Key }) => Key),
      ['out/gone'],
    );
    assert.deepEqual(
      Errors?.map(({ Key, Code }) => [Key, Code]),
      [['train/a', 'AccessDenied']],
    );
  });
});
