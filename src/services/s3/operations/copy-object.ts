import { xmlAnswer } from '../answer.ts';
import type { Operation, S3Call } from '../call.ts';
import { algorithmOf, checksumElements } from '../checksums.ts';
import { writeConditions } from '../conditions.ts';
import { openCopySource } from '../copy-source.ts';
import { encryptionHeaders, requestedEncryption } from '../encryption.ts';
import { invalidArgument, invalidRequest } from '../errors.ts';
import { requestedDescription } from '../object-attributes.ts';
import { isoTime, quoted } from '../object-headers.ts';
import { requestedTagging } from '../tagging.ts';

export const copyObject: Operation = (call, deployment) => {
  const replacesMetadata = isReplaced(call, 'x-amz-metadata-directive');
  const replacesTagging = isReplaced(call, 'x-amz-tagging-directive');
  const encryption = requestedEncryption(call);
  const source = openCopySource(call, deployment);
  const { bucket, key } = call.object;
  if (source.bucket === bucket && source.key === key && !replacesMetadata && !encryption) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const checksumAlgorithm = algorithmOf(call, 'x-amz-checksum-algorithm');
  const copied = deployment.store.copy(source, call.object, {
    ...(replacesMetadata && { attributes: requestedDescription(call) }),
    ...(replacesTagging && { tagging: requestedTagging(call) ?? '' }),
    ...(encryption && { encryption }),
    ...(checksumAlgorithm && { checksumAlgorithm }),
    ...writeConditions(call),
  });
  const pending = copied.then((object) =>
    xmlAnswer(
      'CopyObjectResult',
      {
        LastModified: isoTime(object.modifiedAt),
        ETag: quoted(object.etag),
        ...checksumElements(object.checksum),
      },
      encryptionHeaders(object.encryption),
    ),
  );
  return { status: 200, pending };
};

/** Whether a directive says REPLACE; COPY is the default. */
function isReplaced(call: S3Call, header: string): boolean {
  const directive = call.header(header) ?? 'COPY';
  if (directive !== 'COPY' && directive !== 'REPLACE') {
    throw invalidArgument(header, directive, `Unknown directive: ${directive}`);
  }
  return directive === 'REPLACE';
}
