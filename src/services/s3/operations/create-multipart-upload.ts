import type { ObjectAttributes } from '../../../objects/embedded/embedded-store.ts';
import { xmlAnswer } from '../answer.ts';
import type { Operation, S3Call } from '../call.ts';
import { algorithmOf } from '../checksums.ts';
import { encryptionHeaders } from '../encryption.ts';
import { invalidArgument } from '../errors.ts';
import { requestedAttributes } from '../object-attributes.ts';

export const createMultipartUpload: Operation = (call, { store }) => {
  const algorithm = algorithmOf(call, 'x-amz-checksum-algorithm');
  const { bucket, key, uploadId, attributes } = store.createUpload(call.object, {
    ...requestedAttributes(call),
    ...(algorithm && { checksumAlgorithm: algorithm }),
    ...checksumType(call),
  });
  return xmlAnswer(
    'InitiateMultipartUploadResult',
    { Bucket: bucket, Key: key, UploadId: uploadId },
    {
      'x-amz-checksum-algorithm': attributes.checksumAlgorithm,
      'x-amz-checksum-type': attributes.checksumType,
      ...encryptionHeaders(attributes.encryption),
    },
  );
};

function checksumType(call: S3Call): Pick<ObjectAttributes, 'checksumType'> {
  const type = call.header('x-amz-checksum-type')?.toUpperCase();
  if (type === undefined) return {};
  if (type === 'COMPOSITE' || type === 'FULL_OBJECT') return { checksumType: type };
  throw invalidArgument('x-amz-checksum-type', type, 'Value for x-amz-checksum-type header is invalid.');
}
