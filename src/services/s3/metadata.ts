import { isUtf8 } from 'node:buffer';
import type { S3Call } from './call.ts';
import { METADATA_TOO_LARGE } from './errors.ts';

const PREFIX = 'x-amz-meta-';

/** Bytes of UTF-8, names and values together (S3 user guide, "User-defined object metadata"). */
const LARGEST_METADATA = 2048;

/** The user's metadata of a request: lower-cased names without the prefix. */
export function requestedMetadata(call: S3Call): Record<string, string> {
  const metadata: Record<string, string> = {};
  let size = 0;
  for (const [header, value] of call.headersFrom(PREFIX)) {
    const name = header.slice(PREFIX.length);
    const text = asText(value);
    size += Buffer.byteLength(name) + Buffer.byteLength(text);
    metadata[name] = text;
  }
  if (size > LARGEST_METADATA) throw METADATA_TOO_LARGE({ Size: size, MaxSizeAllowed: LARGEST_METADATA });
  return metadata;
}

/** Header bytes reach us as Latin-1; S3 takes them for UTF-8 where they are. */
function asText(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every ASCII character
  if (/^[\u0000-\u007f]*$/.test(value)) return value;
  // A query parameter is text already.
  if ([...value].some((character) => character > '\u00ff')) return value;
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : value;
}

/** The metadata as headers. What ASCII can't carry travels as RFC 2047 words, as S3 sends it. */
export function metadataHeaders(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [`${PREFIX}${name}`, asHeader(value)]),
  );
}

const asHeader = (text: string): string =>
  /^[\t\u0020-\u007e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
