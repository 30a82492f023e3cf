import { xmlAnswer } from '../answer.ts';
import type { Operation } from '../call.ts';
import { isoTime } from '../object-headers.ts';
import { owner } from '../owner.ts';
import { continuationToken, readContinuationToken } from '../paging.ts';

const MOST_BUCKETS = 10_000;

export const listBuckets: Operation = (call, { store, account, region }) => {
  const prefix = call.query('prefix');
  const limit = call.integer('max-buckets', MOST_BUCKETS, 1, MOST_BUCKETS);
  const after = readContinuationToken(call);
  const elsewhere = (call.query('bucket-region') ?? region) !== region;
  const buckets = store
    .listBuckets()
    .filter(
      ({ name }) => !elsewhere && name.startsWith(prefix ?? '') && (after === undefined || name > after),
    )
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const page = buckets.slice(0, limit);
  const last = page.at(-1);
  return xmlAnswer('ListAllMyBucketsResult', {
    Owner: owner(account),
    Buckets: {
      Bucket: page.map(({ name, createdAt }) => ({
        Name: name,
        CreationDate: isoTime(createdAt),
        BucketRegion: region,
      })),
    },
    ContinuationToken: last && page.length < buckets.length ? continuationToken(last.name) : undefined,
    Prefix: prefix,
  });
};
