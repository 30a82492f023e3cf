import type { ListPage, StoredObject } from '../../../objects/embedded/embedded-store.ts';
import { xmlAnswer } from '../answer.ts';
import type { Deployment, Operation, S3Call } from '../call.ts';
import { isoTime, quoted } from '../object-headers.ts';
import { owner } from '../owner.ts';
import { nameEncoder, pageSize } from '../paging.ts';

/** ListObjects, the first version: pages start after a `marker`. */
export const listObjects: Operation = (call, deployment) => {
  const { type, encode } = nameEncoder(call);
  const marker = call.query('marker') ?? '';
  const { page, limit, prefix, delimiter } = readPage(call, deployment, marker);
  return xmlAnswer('ListBucketResult', {
    Name: call.bucket,
    Prefix: encode(prefix),
    Marker: encode(marker),
    MaxKeys: limit,
    Delimiter: delimiter && encode(delimiter),
    IsTruncated: page.next !== undefined,
    // Without a delimiter the last key is the next marker (S3 API reference, ListObjects, NextMarker).
    NextMarker: delimiter && page.next !== undefined ? encode(page.next) : undefined,
    EncodingType: type,
    Contents: page.objects.map((object) => contents(object, encode, owner(deployment.account))),
    CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
  });
};

/** One page of what the query's prefix, delimiter and max-keys ask for. */
export function readPage(call: S3Call, { store }: Deployment, after: string | undefined) {
  const prefix = call.query('prefix') ?? '';
  const delimiter = call.query('delimiter') || undefined;
  const limit = pageSize(call, 'max-keys');
  store.headBucket(call.bucket);
  const page: ListPage =
    limit === 0
      ? { objects: [], commonPrefixes: [] }
      : store.list({
          bucket: call.bucket,
          prefix,
          limit,
          ...(delimiter !== undefined && { delimiter }),
          ...(after && { after }),
        });
  return { page, limit, prefix, delimiter };
}

export const contents = (
  object: StoredObject,
  encode: (name: string) => string,
  by: ReturnType<typeof owner> | undefined,
) => ({
  Key: encode(object.key),
  LastModified: isoTime(object.modifiedAt),
  ETag: quoted(object.etag),
  ChecksumAlgorithm: object.checksum?.algorithm,
  ChecksumType: object.checksum?.type,
  Size: object.size,
  Owner: by,
  StorageClass: 'STANDARD',
});
