import { ServiceError } from '../../model/errors.ts';
import { formatAmzDate } from './amz-date.ts';
import { GREATEST_SKEW_MS, type Refusal, type ScopeFault } from './refusal.ts';

/** What AWS's common front, which all services but S3 stand behind, makes of a refusal: its kind and its words. */
interface Verdict {
  readonly kind: keyof Codes;
  readonly message: string;
}

interface Codes {
  readonly missing: string;
  readonly incomplete: string;
  readonly unknownKey: string;
  readonly invalid: string;
  readonly expiredToken: string;
}

const JSON_CODES: Codes = {
  missing: 'MissingAuthenticationTokenException',
  incomplete: 'IncompleteSignatureException',
  unknownKey: 'UnrecognizedClientException',
  invalid: 'InvalidSignatureException',
  expiredToken: 'ExpiredTokenException',
};

const QUERY_CODES: Codes = {
  missing: 'MissingAuthenticationToken',
  incomplete: 'IncompleteSignature',
  unknownKey: 'InvalidClientTokenId',
  invalid: 'SignatureDoesNotMatch',
  expiredToken: 'ExpiredToken',
};

/** The refusal as a JSON service tells it: always with 400 (aws-sdk-js#254, aws-sdk-php#1780). */
export function refusedByJsonService(refusal: Refusal): ServiceError {
  const { kind, message } = verdict(refusal);
  return new ServiceError(JSON_CODES[kind], message, 400);
}

/** The refusal as a service of the query protocol tells it: with 403, but for a header that can't be read. */
export function refusedByQueryService(refusal: Refusal): ServiceError {
  const { kind, message } = verdict(refusal);
  const said = kind === 'missing' ? 'Request is missing Authentication Token' : message;
  return new ServiceError(QUERY_CODES[kind], said, kind === 'incomplete' ? 400 : 403);
}

function verdict(refusal: Refusal): Verdict {
  switch (refusal.reason) {
    case 'missing':
      return { kind: 'missing', message: 'Missing Authentication Token' };
    case 'unknown key':
    case 'wrong token':
      return { kind: 'unknownKey', message: 'The security token included in the request is invalid.' };
    case 'expired token':
      return { kind: 'expiredToken', message: 'The security token included in the request is expired' };
    case 'two mechanisms':
    case 'unsupported mechanism':
    case 'incomplete':
    case 'incomplete version 2 url':
    case 'malformed credential':
    case 'no date':
    case 'malformed date':
    case 'malformed expiry':
    case 'no payload hash':
    case 'malformed payload hash':
      return { kind: 'incomplete', message: unreadable(refusal) };
    default:
      return { kind: 'invalid', message: invalid(refusal) };
  }
}

/** The refusals of a request whose signature could be read but doesn't hold. */
type Invalid = Extract<
  Refusal,
  {
    reason:
      | 'out of scope'
      | 'unsigned header'
      | 'too old'
      | 'not yet valid'
      | 'url expired'
      | 'not yet usable url'
      | 'mismatch';
  }
>;
type Unreadable = Exclude<
  Refusal,
  Invalid | { reason: 'missing' | 'unknown key' | 'wrong token' | 'expired token' }
>;

function unreadable(refusal: Unreadable): string {
  switch (refusal.reason) {
    case 'two mechanisms':
      return "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.";
    case 'unsupported mechanism':
      return `Unsupported AWS 'algorithm': '${refusal.mechanism}' (only AWS4-HMAC-SHA256 for now). `;
    case 'incomplete':
      return refusal.place === 'query'
        ? `AWS query-string parameters must include ${quoted(refusal.missing)}. Re-examine the query-string parameters.`
        : `${refusal.missing.map((name) => `Authorization header requires '${name}' parameter.`).join(' ')}`;
    case 'incomplete version 2 url':
      return 'Only S3 takes presigned URLs of Signature Version 2.';
    case 'malformed credential':
      return `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${refusal.credential}'`;
    case 'no date':
      return "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
    case 'malformed date':
      return `Date must be in ISO-8601 'basic format'. Got '${refusal.date}'. See http://en.wikipedia.org/wiki/ISO_8601`;
    case 'malformed expiry':
      return `X-Amz-Expires must be a number of seconds from 0 to 604800: it is ${refusal.problem}`;
    case 'no payload hash':
      return "Authorization requires the header 'X-Amz-Content-SHA256'.";
    case 'malformed payload hash':
      return `X-Amz-Content-SHA256 is not a SHA-256: '${refusal.value}'`;
  }
}

const quoted = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ');

function invalid(refusal: Invalid): string {
  switch (refusal.reason) {
    case 'too old': {
      const { date, now } = refusal;
      return `Signature expired: ${date} is now earlier than ${formatAmzDate(now - GREATEST_SKEW_MS)} (${formatAmzDate(now)} - 15 min.)`;
    }
    case 'not yet valid':
    case 'not yet usable url': {
      const { date, now } = refusal;
      return `Signature not yet current: ${date} is still later than ${formatAmzDate(now + GREATEST_SKEW_MS)} (${formatAmzDate(now)} + 15 min.)`;
    }
    case 'url expired':
      return `Signature expired: ${formatAmzDate(refusal.expiredAt)} is now earlier than ${formatAmzDate(refusal.now)}`;
    case 'unsigned header':
      return `'${refusal.header === 'host' ? 'Host' : refusal.header}' must be a 'SignedHeader' in the AWS Authorization.`;
    case 'out of scope':
      return refusal.faults.map((fault) => outOfScope(fault, refusal.date)).join('');
    case 'mismatch':
      return `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.

The Canonical String for this request should have been
'${refusal.canonicalRequest}'

The String-to-Sign should have been
'${refusal.stringToSign}'
`;
  }
}

function outOfScope({ part, got, expected }: ScopeFault, date: string): string {
  switch (part) {
    case 'region':
      return `Credential should be scoped to a valid region, not '${got}': this server's region is '${expected}'. `;
    case 'service':
      return `Credential should be scoped to correct service: '${expected}'. `;
    case 'terminator':
      return `Credential should be scoped with a valid terminator: '${expected}', not '${got}'. `;
    case 'date':
      return `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${got}' != '${expected}', from '${date}'. `;
  }
}
