import type { BucketLocationConstraint } from '@aws-sdk/client-s3';
import { decoded } from '../../../objects/remote/remote-storage.ts';
import { xmlAnswer } from '../answer.ts';
import { nameEncoder, pageSize } from '../paging.ts';
import type { RelayedOperation } from './there.ts';

/** The region that needs no constraint, and takes none. */
const FIRST_REGION = 'us-east-1';

export const listBuckets: RelayedOperation = async (_, { sdk, client, signal }) => {
  const { Buckets = [] } = await client.send(new sdk.ListBucketsCommand({}), { abortSignal: signal });
  return xmlAnswer('ListAllMyBucketsResult', {
    Buckets: {
      Bucket: Buckets.map(({ Name, CreationDate }) => ({ Name, CreationDate: CreationDate?.toISOString() })),
    },
  });
};

export const createBucket: RelayedOperation = async ({ bucket }, { sdk, client, region, signal }) => {
  const command = new sdk.CreateBucketCommand({
    Bucket: bucket,
    ...(region !== FIRST_REGION && {
      CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
    }),
  });
  await client.send(command, { abortSignal: signal });
  return { status: 200, headers: { location: `/${bucket}` } };
};

/** A page of what is under a prefix. The store is asked to encode names, as XML can't carry all of them; not every one does. */
export const listFolder: RelayedOperation = async (call, { sdk, client, signal }) => {
  const [prefix, delimiter, token] = ['prefix', 'delimiter', 'continuation-token'].map((name) =>
    call.query(name),
  );
  const { type, encode } = nameEncoder(call);
  const limit = pageSize(call, 'max-keys');
  const command = new sdk.ListObjectsV2Command({
    ...{ Bucket: call.bucket, Prefix: prefix, Delimiter: delimiter, ContinuationToken: token },
    ...{ MaxKeys: limit, EncodingType: 'url' },
  });
  const page = await client.send(command, { abortSignal: signal });
  const name = (text = '') => encode(page.EncodingType === 'url' ? decoded(text) : text);
  return xmlAnswer('ListBucketResult', {
    Name: call.bucket,
    Prefix: encode(prefix ?? ''),
    ContinuationToken: token,
    NextContinuationToken: page.NextContinuationToken,
    KeyCount: page.KeyCount,
    MaxKeys: limit,
    Delimiter: delimiter && encode(delimiter),
    IsTruncated: page.IsTruncated ?? false,
    EncodingType: type,
    Contents: (page.Contents ?? []).map(({ Key, LastModified, ETag, Size, StorageClass }) => ({
      ...{ Key: name(Key), LastModified: LastModified?.toISOString(), ETag, Size, StorageClass },
    })),
    CommonPrefixes: (page.CommonPrefixes ?? []).map(({ Prefix }) => ({ Prefix: name(Prefix) })),
  });
};
