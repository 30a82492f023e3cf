import type { S3Call } from './call.ts';
import { invalidArgument } from './errors.ts';

/** The most entries of one page of any listing (S3 API reference). */
const LARGEST_PAGE = 1000;

/** How many entries the client wants at most. More than S3 gives is what S3 gives. */
export const pageSize = (call: S3Call, parameter: string): number =>
  Math.min(call.integer(parameter, LARGEST_PAGE), LARGEST_PAGE);

/** `encoding-type=url`: names that XML can't carry travel percent-encoded, with `/` left as it is. */
export function nameEncoder(call: S3Call): { readonly type?: 'url'; encode(name: string): string } {
  const type = call.query('encoding-type');
  if (type === undefined || type === '') return { encode: (name) => name };
  if (type === 'url') return { type, encode: percentEncode };
  throw invalidArgument('encoding-type', type, 'Invalid Encoding Method specified in Request');
}

const percentEncode = (name: string): string =>
  encodeURIComponent(name)
    .replaceAll('%2F', '/')
    .replace(/[!'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

const TOKEN_MARK = '1:';

/** A token that says where the next page starts. Its text is nobody's business but ours. */
export const continuationToken = (after: string): string =>
  Buffer.from(TOKEN_MARK + after).toString('base64url');

export function readContinuationToken(call: S3Call, parameter = 'continuation-token'): string | undefined {
  const token = call.query(parameter);
  if (token === undefined) return undefined;
  const text = Buffer.from(token, 'base64url').toString();
  if (text.startsWith(TOKEN_MARK) && continuationToken(text.slice(TOKEN_MARK.length)) === token) {
    return text.slice(TOKEN_MARK.length);
  }
  throw invalidArgument(parameter, token, 'The continuation token provided is incorrect');
}
