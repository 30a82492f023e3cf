import { xmlAnswer } from '../answer.ts';
import type { Operation } from '../call.ts';
import { checksumElements } from '../checksums.ts';
import { isoTime, quoted } from '../object-headers.ts';
import { owner } from '../owner.ts';
import { nameEncoder, pageSize } from '../paging.ts';

export const listParts: Operation = (call, { store, account }) => {
  const { encode, type } = nameEncoder(call);
  const marker = call.integer('part-number-marker', 0);
  const limit = pageSize(call, 'max-parts');
  const { attributes } = store.getUpload(call.upload);
  const { parts, more } =
    limit === 0 ? { parts: [], more: false } : store.listParts(call.upload, marker, limit);
  return xmlAnswer('ListPartsResult', {
    Bucket: call.bucket,
    Key: encode(call.object.key),
    UploadId: call.upload.uploadId,
    Initiator: owner(account),
    Owner: owner(account),
    StorageClass: 'STANDARD',
    ChecksumAlgorithm: attributes.checksumAlgorithm,
    ChecksumType: attributes.checksumType,
    PartNumberMarker: marker,
    NextPartNumberMarker: parts.at(-1)?.partNumber ?? 0,
    MaxParts: limit,
    IsTruncated: more,
    EncodingType: type,
    Part: parts.map((part) => ({
      PartNumber: part.partNumber,
      LastModified: isoTime(part.modifiedAt),
      ETag: quoted(part.etag),
      ...checksumElements(part.checksum),
      Size: part.size,
    })),
  });
};
