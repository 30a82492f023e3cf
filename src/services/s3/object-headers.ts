import type { StoredObject } from '../../objects/embedded/embedded-store.ts';
import type { Answer } from './answer.ts';
import type { S3Call } from './call.ts';
import { checksumHeaders } from './checksums.ts';
import { checkRead } from './conditions.ts';
import { encryptionHeaders } from './encryption.ts';
import { invalidArgument } from './errors.ts';
import { metadataHeaders } from './metadata.ts';
import { contentRange, requestedSlice, type Slice } from './ranges.ts';
import { tagsOf } from './tagging.ts';

export const quoted = (etag: string): string => `"${etag}"`;

/** `2026-01-02T03:04:05.000Z`, as S3's XML has it. */
export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** The headers that tell of an object that was just written. */
export const writtenHeaders = (object: StoredObject): NonNullable<Answer['headers']> => ({
  etag: quoted(object.etag),
  ...checksumHeaders(object),
  ...encryptionHeaders(object.encryption),
});

/** The answer to a read without its body, and which bytes the body has: none when nothing was modified. */
export function describeRead(
  call: S3Call,
  object: StoredObject,
): { readonly answer: Answer; readonly slice?: Slice } {
  if (checkRead(call, object) === 'not modified') {
    return { answer: { status: 304, headers: validators(object) } };
  }
  const slice = requestedSlice(call, object);
  const headers = {
    ...object.headers,
    ...overrides(call),
    ...metadataHeaders(object.metadata),
    ...encryptionHeaders(object.encryption),
    ...validators(object),
    'accept-ranges': 'bytes',
    'content-length': slice?.length ?? object.size,
    'content-range': slice && slice.length > 0 ? contentRange(slice, object.size) : undefined,
    'x-amz-mp-parts-count': partsCount(call, object),
    'x-amz-tagging-count': object.tagging ? tagsOf(object.tagging).length : undefined,
    // A checksum is the whole object's, so with a part of it a client would find that it doesn't match.
    ...(wantsChecksum(call) && !slice && checksumHeaders(object)),
  };
  return {
    answer: { status: slice ? 206 : 200, headers },
    slice: slice ?? { start: 0, length: object.size },
  };
}

const validators = (object: StoredObject) => ({
  etag: quoted(object.etag),
  'last-modified': new Date(object.modifiedAt).toUTCString(),
});

const wantsChecksum = (call: S3Call): boolean =>
  call.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';

const partsCount = (call: S3Call, object: StoredObject): number | undefined =>
  call.query('partNumber') === undefined ? undefined : object.partSizes?.length;

/** Headers that the query sets for this answer alone (S3 API reference, GetObject, "Overriding response header values"). */
const OVERRIDABLE = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

function overrides(call: S3Call): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of OVERRIDABLE) {
    const value = call.query(`response-${name}`);
    if (value !== undefined) headers[name] = headerText(`response-${name}`, value);
  }
  return headers;
}

/** Text as the bytes of a header; control characters could forge headers of their own. */
function headerText(parameter: string, value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) {
    throw invalidArgument(parameter, value, `Invalid value for ${parameter}`);
  }
  return Buffer.from(value, 'utf8').toString('latin1');
}
