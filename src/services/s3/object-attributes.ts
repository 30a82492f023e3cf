import type { ObjectAttributes } from '../../objects/embedded/embedded-store.ts';
import type { S3Call } from './call.ts';
import { requestedEncryption } from './encryption.ts';
import { requestedMetadata } from './metadata.ts';
import { requestedTagging } from './tagging.ts';

/** The HTTP headers that are stored with an object and come back with it. */
const STORED_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

/** What S3 says of an object whose writer did not say what it is. */
const DEFAULT_TYPE = 'binary/octet-stream';

/** What a request that makes an object says of it, besides its checksum. */
export function requestedAttributes(call: S3Call): ObjectAttributes {
  const encryption = requestedEncryption(call);
  const tagging = requestedTagging(call);
  return {
    ...requestedDescription(call),
    ...(encryption && { encryption }),
    ...(tagging !== undefined && { tagging }),
  };
}

/** The headers and metadata alone, which a copy may replace. */
export function requestedDescription(call: S3Call): Pick<ObjectAttributes, 'headers' | 'metadata'> {
  const headers: Record<string, string> = { 'content-type': DEFAULT_TYPE };
  for (const name of STORED_HEADERS) {
    const value = name === 'content-encoding' ? contentEncoding(call) : call.header(name);
    if (value !== undefined && value !== '') headers[name] = value;
  }
  return { headers, metadata: requestedMetadata(call) };
}

/** `aws-chunked` is how the bytes travelled, not what they are (S3 API reference, PutObject, Content-Encoding). */
function contentEncoding(call: S3Call): string | undefined {
  const codings = call
    .header('content-encoding')
    ?.split(',')
    .map((coding) => coding.trim());
  return codings?.filter((coding) => coding.toLowerCase() !== 'aws-chunked').join(',');
}
