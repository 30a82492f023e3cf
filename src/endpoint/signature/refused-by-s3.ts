import { invalidRequest, S3Error, SIGNATURE_DOES_NOT_MATCH } from '../../services/s3/errors.ts';
import { GREATEST_SKEW_MS, type Refusal, type ScopeFault, type SignaturePlace } from './refusal.ts';

/** The refusal as S3 tells it (S3 API reference, "Error responses"; the texts as S3 gives them). */
export function refusedByS3(refusal: Refusal): S3Error {
  switch (refusal.reason) {
    case 'missing':
      return new S3Error('AccessDenied', 403, 'Access Denied');
    case 'two mechanisms':
      return new S3Error(
        'InvalidArgument',
        400,
        'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
      );
    case 'unsupported mechanism':
      return invalidRequest(
        'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
      );
    case 'incomplete':
      return malformed(
        refusal.place,
        refusal.place === 'header'
          ? 'the authorization header requires three components: Credential, SignedHeaders, and Signature.'
          : 'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
      );
    case 'incomplete version 2 url':
      return new S3Error(
        'AccessDenied',
        403,
        'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
      );
    case 'malformed credential':
      return malformed(
        refusal.place,
        `${credentialPrefix(refusal.place)}the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`,
      );
    case 'malformed expiry':
      return malformed('query', EXPIRY_PROBLEMS[refusal.problem]);
    case 'out of scope':
      return outOfScope(refusal.place, refusal.faults[0], refusal.date);
    case 'no date':
      return new S3Error(
        'AccessDenied',
        403,
        'AWS authentication requires a valid Date or x-amz-date header',
      );
    case 'malformed date':
      return refusal.place === 'query'
        ? malformed('query', `X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`)
        : new S3Error('AccessDenied', 403, 'AWS authentication requires a valid Date or x-amz-date header');
    case 'unsigned header':
      return new S3Error(
        'AccessDenied',
        403,
        'There were headers present in the request which were not signed',
        {
          HeadersNotSigned: refusal.header,
        },
      );
    case 'unknown key':
      return new S3Error(
        'InvalidAccessKeyId',
        403,
        'The AWS Access Key Id you provided does not exist in our records.',
        {
          AWSAccessKeyId: refusal.accessKeyId,
        },
      );
    case 'wrong token':
      return new S3Error('InvalidToken', 400, 'The provided token is malformed or otherwise invalid.');
    case 'expired token':
      return new S3Error('ExpiredToken', 400, 'The provided token has expired.');
    case 'too old':
    case 'not yet valid':
      return new S3Error(
        'RequestTimeTooSkewed',
        403,
        'The difference between the request time and the current time is too large.',
        {
          RequestTime: refusal.date,
          ServerTime: iso(refusal.now),
          MaxAllowedSkewMilliseconds: GREATEST_SKEW_MS,
        },
      );
    case 'url expired':
      return new S3Error('AccessDenied', 403, 'Request has expired', {
        Expires: iso(refusal.expiredAt),
        ServerTime: iso(refusal.now),
      });
    case 'not yet usable url':
      return new S3Error('AccessDenied', 403, 'Request is not yet valid', {
        RequestTime: refusal.date,
        ServerTime: iso(refusal.now),
      });
    case 'no payload hash':
      return invalidRequest('Missing required header for this request: x-amz-content-sha256');
    case 'malformed payload hash':
      return new S3Error(
        'InvalidArgument',
        400,
        'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
        { ArgumentName: 'x-amz-content-sha256', ArgumentValue: refusal.value },
      );
    case 'mismatch':
      return SIGNATURE_DOES_NOT_MATCH({
        AWSAccessKeyId: refusal.accessKeyId,
        StringToSign: refusal.stringToSign,
        SignatureProvided: refusal.signature,
        CanonicalRequest: refusal.canonicalRequest,
      });
  }
}

const iso = (time: number) => new Date(time).toISOString();

const EXPIRY_PROBLEMS = {
  'not a number': 'X-Amz-Expires should be a number',
  negative: 'X-Amz-Expires must be non-negative',
  'too long':
    'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
} as const;

/** A signature that can't be read has one code in the header and another in the query string. */
function malformed(place: SignaturePlace, problem: string, details: Record<string, string> = {}): S3Error {
  return place === 'header'
    ? new S3Error(
        'AuthorizationHeaderMalformed',
        400,
        `The authorization header is malformed; ${problem}`,
        details,
      )
    : new S3Error('AuthorizationQueryParametersError', 400, problem, details);
}

const credentialPrefix = (place: SignaturePlace) =>
  place === 'query' ? 'Error parsing the X-Amz-Credential parameter; ' : '';

function outOfScope(place: SignaturePlace, fault: ScopeFault | undefined, date: string): S3Error {
  const prefix = credentialPrefix(place);
  switch (fault?.part) {
    case 'service':
      return malformed(place, `${prefix}incorrect service "${fault.got}". This endpoint belongs to "s3".`);
    case 'terminator':
      return malformed(
        place,
        `${prefix}incorrect terminator "${fault.got}". This endpoint uses "aws4_request".`,
      );
    case 'date':
      return malformed(
        place,
        `Invalid credential date "${fault.got}". This date is not the same as X-Amz-Date: "${date}".`,
      );
    default:
      return malformed(
        place,
        `${prefix}the region '${fault?.got ?? ''}' is wrong; expecting '${fault?.expected ?? ''}'`,
        // Clients read the element and sign anew for that region.
        { Region: fault?.expected ?? '' },
      );
  }
}
