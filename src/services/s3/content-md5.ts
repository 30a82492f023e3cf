import type { S3Call } from './call.ts';
import { INVALID_DIGEST } from './errors.ts';

/** The base64 of `Content-MD5`; InvalidDigest when it is none. */
export function contentMd5(call: S3Call): string | undefined {
  const text = call.header('content-md5');
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== text) {
    throw INVALID_DIGEST({ 'Content-MD5': text });
  }
  return text;
}
