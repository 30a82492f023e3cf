import { createHash } from 'node:crypto';
import { validation } from '../../model/errors.ts';

interface Token<Cursor> {
  readonly cursor: Cursor;
  /** Of the request's other members: a token goes on with the list that it came from, and no other. */
  readonly of: string;
}

const fingerprint = (filters: unknown): string =>
  createHash('sha256').update(JSON.stringify(filters)).digest('base64url').slice(0, 12);

/** An opaque NextToken that says where a list goes on. */
export const encodePageToken = (cursor: unknown, filters: unknown): string =>
  Buffer.from(JSON.stringify({ cursor, of: fingerprint(filters) })).toString('base64url');

/** The place that a NextToken names. A token that isn't ours, or is of another list, is a ValidationException. */
export function decodePageToken<Cursor extends readonly (string | number)[]>(
  token: string,
  filters: unknown,
): Cursor {
  try {
    const decoded = JSON.parse(Buffer.from(token, 'base64url').toString()) as Token<Cursor>;
    const isCursor =
      Array.isArray(decoded.cursor) &&
      decoded.cursor.every((each) => ['string', 'number'].includes(typeof each));
    if (isCursor && decoded.of === fingerprint(filters)) return decoded.cursor;
  } catch {
    // Falls through to the one answer for any token that can't be used.
  }
  throw validation('Invalid NextToken: it is not one that was returned for the same request.');
}
