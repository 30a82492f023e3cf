import { createHmac, timingSafeEqual } from 'node:crypto';
import { readTarget } from '../../services/s3/addressing.ts';
import type { CredentialStore } from './credentials.ts';
import { decodeQueryComponent } from './percent-encoding.ts';
import type { Refusal } from './refusal.ts';
import { checkToken } from './session-token.ts';
import type { SignedRequest, Verified } from './verifier.ts';

// boto3 presigns for S3 with this predecessor of Signature 4 unless it is configured otherwise (or the region is a new one), so a
// URL of `generate_presigned_url` would not work without it. Requests that carry it in a header are of clients long gone.

export const isVersion2Url = ({ headers, query }: SignedRequest): boolean =>
  headers.authorization === undefined &&
  query.includes('AWSAccessKeyId=') &&
  !query.includes('X-Amz-Algorithm=');

/** Verifies a presigned URL of Signature 2 (S3 user guide, "Signing and authenticating REST requests", query string). */
export function verifyVersion2Url(
  request: SignedRequest,
  credentials: CredentialStore,
  now: number,
): Verified | Refusal {
  const pairs = readPairs(request.query);
  const parameters = new Map(pairs);
  const accessKeyId = parameters.get('AWSAccessKeyId');
  const signature = parameters.get('Signature');
  const expires = parameters.get('Expires');
  if (!accessKeyId || !signature || !expires || !/^\d{1,12}$/.test(expires)) {
    return { reason: 'incomplete version 2 url' };
  }
  const expiredAt = Number(expires) * 1000;
  if (now > expiredAt) return { reason: 'url expired', date: expires, expiredAt, now };
  const credential = credentials.find(accessKeyId);
  if (!credential) return { reason: 'unknown key', accessKeyId };
  const stringToSign = version2StringToSign(request, pairs, expires);
  const computed = createHmac('sha1', credential.secretAccessKey).update(stringToSign, 'latin1').digest();
  const given = Buffer.from(signature, 'base64');
  if (given.length !== computed.length || !timingSafeEqual(given, computed)) {
    return { reason: 'mismatch', accessKeyId, signature, canonicalRequest: '', stringToSign };
  }
  const refusal = checkToken(credential, parameters.get('x-amz-security-token'));
  return refusal ?? { accessKeyId, callerArn: credential.callerArn, payload: { kind: 'unsigned' } };
}

type Pair = readonly [name: string, value: string | undefined];

function readPairs(query: string): readonly Pair[] {
  return query.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    return equals < 0
      ? [pair, undefined]
      : [pair.slice(0, equals), decodeQueryComponent(pair.slice(equals + 1))];
  });
}

function version2StringToSign(request: SignedRequest, pairs: readonly Pair[], expires: string): string {
  const parameters = new Map(pairs);
  const standard = (name: string) => request.headers[name] ?? parameters.get(name) ?? '';
  return [
    request.method,
    standard('content-md5'),
    standard('content-type'),
    expires,
    ...amzHeaders(request, pairs),
    resource(request, pairs),
  ].join('\n');
}

/** All `x-amz-` headers: those of the URL, which count as headers, and those that came along. */
function amzHeaders({ headers }: SignedRequest, pairs: readonly Pair[]): string[] {
  const values = new Map<string, string>();
  for (const [name, value] of [...pairs, ...Object.entries(headers)]) {
    const known = values.get(name);
    const text = String(value ?? '').trim();
    if (name.startsWith('x-amz-')) values.set(name, known === undefined ? text : `${known},${text}`);
  }
  return [...values].map(([name, value]) => `${name}:${value}`).sort();
}

/** The path with the bucket in it, however it is addressed, and the parameters that make it another resource. */
function resource({ path, headers }: SignedRequest, pairs: readonly Pair[]): string {
  const { bucket } = readTarget('/', headers.host);
  const named = pairs
    .filter(([name]) => SUB_RESOURCES.has(name) || name.startsWith('response-'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === undefined ? name : `${name}=${value}`));
  return `${bucket === '' ? '' : `/${bucket}`}${path}${named.length === 0 ? '' : `?${named.join('&')}`}`;
}

const SUB_RESOURCES: ReadonlySet<string> = new Set([
  'accelerate',
  'acl',
  'analytics',
  'cors',
  'defaultObjectAcl',
  'delete',
  'inventory',
  'lifecycle',
  'location',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'partNumber',
  'policy',
  'replication',
  'requestPayment',
  'restore',
  'select',
  'select-type',
  'storageClass',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
]);
