import type { S3Call } from './call.ts';
import { ACCESS_DENIED, headerNotImplemented } from './errors.ts';

/** Headers that ask for what this service doesn't do, whatever their value. A trailing `*` stands for the rest of a name. */
const UNSUPPORTED = [
  'x-amz-bucket-object-lock-token',
  'x-amz-bypass-governance-retention',
  'x-amz-copy-source-server-side-encryption-customer-*',
  'x-amz-grant-*',
  'x-amz-if-match-last-modified-time',
  'x-amz-if-match-size',
  'x-amz-mfa',
  'x-amz-object-lock-*',
  'x-amz-optional-object-attributes',
  'x-amz-rename-source*',
  'x-amz-server-side-encryption-context',
  'x-amz-server-side-encryption-customer-*',
  'x-amz-website-redirect-location',
  'x-amz-write-offset-bytes',
];

/** Headers of which this service honours some values: those are no more than what it does anyhow. */
const SUPPORTED_VALUES: ReadonlyMap<string, readonly string[]> = new Map([
  ['x-amz-acl', ['private', 'bucket-owner-full-control']],
  ['x-amz-bucket-object-lock-enabled', ['false']],
  ['x-amz-object-ownership', ['BucketOwnerEnforced']],
  ['x-amz-storage-class', ['STANDARD']],
]);

const OWNER_HEADERS = ['x-amz-expected-bucket-owner', 'x-amz-source-expected-bucket-owner'];

/** Throws NotImplemented with the name of the first header that can't be honoured (our law: nothing is silently ignored). */
export function refuseUnsupportedHeaders(call: S3Call): void {
  for (const [name, value] of call.headersFrom('x-amz-')) {
    if (UNSUPPORTED.some((pattern) => matches(name, pattern))) throw headerNotImplemented(name);
    const supported = SUPPORTED_VALUES.get(name);
    if (supported && !supported.includes(value)) throw headerNotImplemented(name);
  }
}

const matches = (name: string, pattern: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/** Throws AccessDenied when the client believes that a bucket belongs to somebody else. */
export function checkExpectedOwner(call: S3Call, account: string): void {
  for (const header of OWNER_HEADERS) {
    const expected = call.header(header);
    if (expected !== undefined && expected !== account) throw ACCESS_DENIED();
  }
}
