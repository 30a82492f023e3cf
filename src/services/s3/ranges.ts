import type { StoredObject } from '../../objects/embedded/embedded-store.ts';
import type { S3Call } from './call.ts';
import { rangeApplies } from './conditions.ts';
import { INVALID_PART_NUMBER, INVALID_RANGE, invalidArgument, invalidRequest } from './errors.ts';

/** The bytes of an object that a request asks for. */
export interface Slice {
  readonly start: number;
  readonly length: number;
}

/** The part of an object that `Range` or `partNumber` asks for; `undefined` for all of it. */
export function requestedSlice(call: S3Call, object: StoredObject): Slice | undefined {
  const range = call.header('range');
  const partNumber = call.query('partNumber');
  if (partNumber !== undefined) {
    if (range !== undefined) {
      throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
    }
    return sliceOfPart(object, partNumber);
  }
  return range !== undefined && rangeApplies(call, object) ? sliceOfRange(range, object.size) : undefined;
}

/** One range of bytes. Several, or what is no range, S3 answers with the whole object (RFC 9110 §14.2 allows it). */
export function sliceOfRange(range: string, size: number): Slice | undefined {
  const match = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(range);
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const slice =
    match[1] === '' ? suffix(Number(match[2]), size) : between(Number(match[1]), match[2] ?? '', size);
  if (slice === 'malformed') return undefined;
  if (slice.length > 0) return slice;
  throw INVALID_RANGE({ RangeRequested: range, ActualObjectSize: size });
}

function suffix(length: number, size: number): Slice {
  const taken = Math.min(length, size);
  return { start: size - taken, length: taken };
}

function between(first: number, last: string, size: number): Slice | 'malformed' {
  if (last !== '' && Number(last) < first) return 'malformed';
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return { start: first, length: end - first + 1 };
}

/** A part as it was uploaded; an object that was put whole is its own first part (S3 API reference, GetObject, partNumber). */
function sliceOfPart(object: StoredObject, text: string): Slice {
  const number = parsePartNumber(text);
  const sizes = object.partSizes ?? [object.size];
  const length = sizes[number - 1];
  if (length === undefined) {
    throw INVALID_PART_NUMBER({ PartNumberRequested: number, ActualPartCount: sizes.length });
  }
  return { start: sizes.slice(0, number - 1).reduce((sum, size) => sum + size, 0), length };
}

const MOST_PARTS = 10_000;

export function parsePartNumber(text: string): number {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= MOST_PARTS) return number;
  throw invalidArgument(
    'partNumber',
    text,
    `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`,
  );
}

export const contentRange = (slice: Slice, size: number): string =>
  `bytes ${slice.start}-${slice.start + slice.length - 1}/${size}`;
