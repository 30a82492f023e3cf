import { xmlAnswer } from '../answer.ts';
import type { Operation } from '../call.ts';
import { owner } from '../owner.ts';
import { continuationToken, nameEncoder, readContinuationToken } from '../paging.ts';
import { contents, readPage } from './list-objects.ts';

export const listObjectsV2: Operation = (call, deployment) => {
  const { type, encode } = nameEncoder(call);
  const startAfter = call.query('start-after');
  // A token goes on from where it says, whatever start-after says (S3 API reference, ListObjectsV2).
  const after = readContinuationToken(call) ?? startAfter;
  const { page, limit, prefix, delimiter } = readPage(call, deployment, after);
  const by = call.query('fetch-owner') === 'true' ? owner(deployment.account) : undefined;
  return xmlAnswer('ListBucketResult', {
    Name: call.bucket,
    Prefix: encode(prefix),
    StartAfter: startAfter && encode(startAfter),
    ContinuationToken: call.query('continuation-token'),
    NextContinuationToken: page.next === undefined ? undefined : continuationToken(page.next),
    KeyCount: page.objects.length + page.commonPrefixes.length,
    MaxKeys: limit,
    Delimiter: delimiter && encode(delimiter),
    IsTruncated: page.next !== undefined,
    EncodingType: type,
    Contents: page.objects.map((object) => contents(object, encode, by)),
    CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
  });
};
