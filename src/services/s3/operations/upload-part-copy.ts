import { xmlAnswer } from '../answer.ts';
import type { Operation } from '../call.ts';
import { checksumElements } from '../checksums.ts';
import { copySourceRange, openCopySource } from '../copy-source.ts';
import { encryptionHeaders } from '../encryption.ts';
import { isoTime, quoted } from '../object-headers.ts';
import { parsePartNumber } from '../ranges.ts';

export const uploadPartCopy: Operation = (call, deployment) => {
  const { store } = deployment;
  const partNumber = parsePartNumber(call.query('partNumber') ?? '');
  const { attributes } = store.getUpload(call.upload);
  const source = openCopySource(call, deployment);
  const bytes = store.read(source, copySourceRange(call, source));
  const copied = store
    .putPart(call.upload, partNumber, bytes, { headers: {}, metadata: {} })
    // A stream that is not read to its end holds the source's bytes.
    .finally(() => bytes.destroy());
  const pending = copied.then((part) =>
    xmlAnswer('CopyPartResult', {
      LastModified: isoTime(part.modifiedAt),
      ETag: quoted(part.etag),
      ...checksumElements(part.checksum),
    }),
  );
  return { status: 200, headers: encryptionHeaders(attributes.encryption), pending };
};
