import { LARGEST_PUT, openBody } from '../body.ts';
import type { Operation } from '../call.ts';
import { bodyChecksum, checksumHeader } from '../checksums.ts';
import { contentMd5 } from '../content-md5.ts';
import { encryptionHeaders } from '../encryption.ts';
import { quoted } from '../object-headers.ts';
import { parsePartNumber } from '../ranges.ts';

export const uploadPart: Operation = async (call, { store }) => {
  const partNumber = parsePartNumber(call.query('partNumber') ?? '');
  const { attributes } = store.getUpload(call.upload);
  const body = openBody(call, LARGEST_PUT);
  const md5 = contentMd5(call);
  const part = await store.putPart(call.upload, partNumber, body.bytes, {
    headers: {},
    metadata: {},
    ...bodyChecksum(call, body),
    ...(md5 !== undefined && { contentMd5: md5 }),
  });
  return {
    status: 200,
    headers: {
      etag: quoted(part.etag),
      ...(part.checksum && { [checksumHeader(part.checksum.algorithm)]: part.checksum.value }),
      ...encryptionHeaders(attributes.encryption),
    },
  };
};
