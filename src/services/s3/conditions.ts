import type { WriteConditions } from '../../objects/embedded/embedded-store.ts';
import type { S3Call } from './call.ts';
import { headerNotImplemented, PRECONDITION_FAILED } from './errors.ts';

/** What conditions are about. */
export interface Validators {
  /** Without quotes. */
  readonly etag: string;
  /** Epoch milliseconds; conditions compare whole seconds, as HTTP's dates have no more. */
  readonly modifiedAt: number;
}

/** How the four conditions are called: as HTTP does, or with the prefix of a copy's source. */
type Prefix = '' | 'x-amz-copy-source-';

/**
 * Whether a read may go on (RFC 9110 §13.2.2, and S3 API reference, GetObject: If-Match beats If-Unmodified-Since, If-None-Match
 * beats If-Modified-Since). Throws PreconditionFailed.
 */
export function checkRead(call: S3Call, object: Validators): 'proceed' | 'not modified' {
  checkUnchanged(call, object, '');
  return hasChanged(call, object, '') ? 'proceed' : 'not modified';
}

/** The same for the source of a copy, where every condition that fails is PreconditionFailed. */
export function checkCopySource(call: S3Call, source: Validators): void {
  checkUnchanged(call, source, 'x-amz-copy-source-');
  if (hasChanged(call, source, 'x-amz-copy-source-')) return;
  throw PRECONDITION_FAILED({ Condition: 'x-amz-copy-source-If-None-Match' });
}

function checkUnchanged(call: S3Call, object: Validators, prefix: Prefix): void {
  const match = call.header(`${prefix}if-match`);
  if (match !== undefined) {
    if (!namesEtag(match, object.etag)) throw PRECONDITION_FAILED({ Condition: `${prefix}If-Match` });
    return;
  }
  const since = seconds(call.header(`${prefix}if-unmodified-since`));
  if (since !== undefined && wholeSeconds(object) > since) {
    throw PRECONDITION_FAILED({ Condition: `${prefix}If-Unmodified-Since` });
  }
}

function hasChanged(call: S3Call, object: Validators, prefix: Prefix): boolean {
  const noneMatch = call.header(`${prefix}if-none-match`);
  if (noneMatch !== undefined) return !namesEtag(noneMatch, object.etag);
  const since = seconds(call.header(`${prefix}if-modified-since`));
  return since === undefined || wholeSeconds(object) > since;
}

/** Whether a Range still applies (RFC 9110 §13.1.5). */
export function rangeApplies(call: S3Call, object: Validators): boolean {
  const validator = call.header('if-range');
  if (validator === undefined) return true;
  const date = seconds(validator);
  return validator.includes('"') || date === undefined
    ? namesEtag(validator, object.etag)
    : wholeSeconds(object) === date;
}

/** What a write asks of the object that it replaces. */
export function writeConditions(call: S3Call): { readonly conditions?: WriteConditions } {
  for (const header of ['if-modified-since', 'if-unmodified-since']) {
    if (call.header(header) !== undefined) throw headerNotImplemented(header);
  }
  const match = call.header('if-match');
  const noneMatch = call.header('if-none-match');
  if (noneMatch !== undefined && noneMatch !== '*') throw headerNotImplemented('If-None-Match');
  if (match === undefined && noneMatch === undefined) return {};
  return {
    conditions: {
      ...(match !== undefined && { ifMatch: unquoted(match) }),
      ...(noneMatch !== undefined && { ifNoneMatch: '*' as const }),
    },
  };
}

/** An entity tag without its quotes. */
export const unquoted = (etag: string): string => etag.trim().replace(/^(?:W\/)?"?(.*?)"?$/, '$1');

/** Whether a list of entity tags holds this one. */
export const namesEtag = (list: string, etag: string): boolean =>
  list.trim() === '*' || list.split(',').some((candidate) => unquoted(candidate) === etag);

const wholeSeconds = ({ modifiedAt }: Validators): number => Math.floor(modifiedAt / 1000);

/** An HTTP date in seconds; what is no date is no condition (RFC 9110 §13.1.3). */
function seconds(date: string | undefined): number | undefined {
  const time = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}
