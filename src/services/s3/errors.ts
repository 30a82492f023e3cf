import { ServiceError } from '../../model/errors.ts';

/** What an `<Error>` says besides its code and message, by element name. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** An error of S3's, which is rendered as `<Error>` (S3 API reference, "Error responses"). */
export class S3Error extends ServiceError {
  readonly details: ErrorDetails;

  constructor(code: string, status: number, message: string, details: ErrorDetails = {}) {
    super(code, message, status);
    this.name = 'S3Error';
    this.details = details;
  }
}

interface Definition {
  readonly status: number;
  readonly message: string;
}

const definitions = new Map<string, Definition>();

/** Codes under which S3 says several things: there the store's own words are the ones. */
const OF_MANY_WORDS = ['BadDigest', 'InternalError'];

/** A refusal of the store's in S3's words. One that isn't known here is the client's fault, in the store's words. */
export function storeError(code: string, message: string): S3Error {
  const known = definitions.get(code);
  const text = known && !OF_MANY_WORDS.includes(code) ? known.message : message;
  return new S3Error(code, known?.status ?? 400, text);
}

/** One of S3's errors: its code, its status, and the message S3 gives unless a case has its own. */
function define(code: string, status: number, message: string) {
  definitions.set(code, { status, message });
  return (details: ErrorDetails = {}, text = message) => new S3Error(code, status, text, details);
}

export const ACCESS_DENIED = define('AccessDenied', 403, 'Access Denied');
export const ENTITY_TOO_LARGE = define(
  'EntityTooLarge',
  400,
  'Your proposed upload exceeds the maximum allowed size',
);
export const ILLEGAL_LOCATION_CONSTRAINT = define(
  'IllegalLocationConstraintException',
  400,
  'The location constraint is incompatible for the region specific endpoint this request was sent to.',
);
export const INCOMPLETE_BODY = define(
  'IncompleteBody',
  400,
  'You did not provide the number of bytes specified by the Content-Length HTTP header',
);
export const INTERNAL_ERROR = define(
  'InternalError',
  500,
  'We encountered an internal error. Please try again.',
);
export const INVALID_CHUNK_SIZE = define(
  'InvalidChunkSizeError',
  403,
  'Only the last chunk is allowed to have a size less than 8192 bytes',
);
export const INVALID_DIGEST = define('InvalidDigest', 400, 'The Content-MD5 you specified was invalid.');
export const INVALID_PART_NUMBER = define(
  'InvalidPartNumber',
  416,
  'The requested partnumber is not satisfiable',
);
export const INVALID_RANGE = define('InvalidRange', 416, 'The requested range is not satisfiable');
export const INVALID_URI = define('InvalidURI', 400, "Couldn't parse the specified URI.");
export const KEY_TOO_LONG = define('KeyTooLongError', 400, 'Your key is too long');
export const MALFORMED_TRAILER = define(
  'MalformedTrailerError',
  400,
  'The request contained trailing data that was not well-formed or did not conform to our published schema.',
);
export const MALFORMED_XML = define(
  'MalformedXML',
  400,
  'The XML you provided was not well-formed or did not validate against our published schema',
);
export const MAX_MESSAGE_LENGTH_EXCEEDED = define(
  'MaxMessageLengthExceeded',
  400,
  'Your request was too big.',
);
export const METADATA_TOO_LARGE = define(
  'MetadataTooLarge',
  400,
  'Your metadata headers exceed the maximum allowed metadata size',
);
export const METHOD_NOT_ALLOWED = define(
  'MethodNotAllowed',
  405,
  'The specified method is not allowed against this resource.',
);
export const MISSING_CONTENT_LENGTH = define(
  'MissingContentLength',
  411,
  'You must provide the Content-Length HTTP header.',
);
export const NO_SUCH_VERSION = define('NoSuchVersion', 404, 'The specified version does not exist.');
export const PRECONDITION_FAILED = define(
  'PreconditionFailed',
  412,
  'At least one of the pre-conditions you specified did not hold',
);
export const SIGNATURE_DOES_NOT_MATCH = define(
  'SignatureDoesNotMatch',
  403,
  'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
);
export const CONTENT_SHA256_MISMATCH = define(
  'XAmzContentSHA256Mismatch',
  400,
  "The provided 'x-amz-content-sha256' header does not match what was computed.",
);
export const BAD_DIGEST = define(
  'BadDigest',
  400,
  'The Content-MD5 you specified did not match what we received.',
);

/** Codes that only the store rejects with. */
define(
  'BucketAlreadyOwnedByYou',
  409,
  'Your previous request to create the named bucket succeeded and you already own it.',
);
define('BucketNotEmpty', 409, 'The bucket you tried to delete is not empty');
define('NoSuchBucket', 404, 'The specified bucket does not exist');
define('NoSuchKey', 404, 'The specified key does not exist.');
define(
  'NoSuchUpload',
  404,
  'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
);

export const invalidArgument = (name: string, value: string, message: string) =>
  new S3Error('InvalidArgument', 400, message, { ArgumentName: name, ArgumentValue: value });

export const invalidRequest = (message: string) => new S3Error('InvalidRequest', 400, message);

/** The request asks for what this service doesn't do: by our law it is refused, never accepted and forgotten. */
export const headerNotImplemented = (name: string) =>
  new S3Error(
    'NotImplemented',
    501,
    `A header you provided implies functionality that is not implemented: ${name}`,
    { Header: name },
  );

export const queryNotImplemented = (name: string) =>
  new S3Error(
    'NotImplemented',
    501,
    `A query parameter you provided implies functionality that is not implemented: ${name}`,
    { QueryParameter: name },
  );

export const elementNotImplemented = (name: string) =>
  new S3Error(
    'NotImplemented',
    501,
    `An element of the XML you provided implies functionality that is not implemented: ${name}`,
    { Element: name },
  );
