import { LARGEST_PUT, openBody } from '../body.ts';
import type { Operation } from '../call.ts';
import { bodyChecksum } from '../checksums.ts';
import { writeConditions } from '../conditions.ts';
import { contentMd5 } from '../content-md5.ts';
import { requestedAttributes } from '../object-attributes.ts';
import { writtenHeaders } from '../object-headers.ts';

export const putObject: Operation = async (call, deployment) => {
  const body = openBody(call, LARGEST_PUT);
  const md5 = contentMd5(call);
  const stored = await deployment.store.put(call.object, body.bytes, {
    ...requestedAttributes(call),
    ...bodyChecksum(call, body),
    ...writeConditions(call),
    ...(md5 !== undefined && { contentMd5: md5 }),
  });
  return { status: 200, headers: writtenHeaders(stored) };
};
