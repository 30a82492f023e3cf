import type { IncomingHttpHeaders } from 'node:http';
import { formatAmzDate } from './amz-date.ts';
import { decodeQueryComponent } from './percent-encoding.ts';
import type { Refusal, SignaturePlace } from './refusal.ts';

/** What a request says about its own signature, before any of it is believed. */
export interface Claim {
  readonly place: SignaturePlace;
  readonly accessKeyId: string;
  /** The credential scope, `date/region/service/terminator`, whole and in parts. */
  readonly scope: string;
  readonly scopeDate: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
  /** Lower case, in order. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** ISO 8601's basic format, unless the client wrote something else. */
  readonly date: string | undefined;
  /** The session token that came along. */
  readonly token: string | undefined;
  /** The query string's parameters that bear on the signature; empty where the signature is in the header. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** A request as far as the signature is concerned. */
export interface ClaimSource {
  readonly headers: IncomingHttpHeaders;
  /** Raw, without its question mark. */
  readonly query: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const NO_PARAMETERS: ReadonlyMap<string, string> = new Map();

/** Reads the signature out of the header or the query string. */
export function readClaim({ headers, query }: ClaimSource): Claim | Refusal {
  const { authorization } = headers;
  const parameters = query === '' ? NO_PARAMETERS : presignParameters(query);
  if (authorization !== undefined) {
    if (parameters.size > 0) return { reason: 'two mechanisms' };
    return fromHeader(authorization, headers);
  }
  if (parameters.size > 0) return fromQuery(parameters);
  return { reason: 'missing' };
}

function fromHeader(authorization: string, headers: IncomingHttpHeaders): Claim | Refusal {
  const space = authorization.indexOf(' ');
  const mechanism = space < 0 ? authorization : authorization.slice(0, space);
  if (mechanism !== ALGORITHM) return { reason: 'unsupported mechanism', mechanism };
  const fields = authorizationFields(authorization.slice(space + 1));
  const { Credential: credential, SignedHeaders: signedHeaders, Signature: signature } = fields;
  if (credential === undefined || signedHeaders === undefined || signature === undefined) {
    return { reason: 'incomplete', place: 'header', missing: HEADER_FIELDS.filter((name) => !fields[name]) };
  }
  const date = text(headers['x-amz-date']) ?? fromHttpDate(headers.date);
  const token = text(headers['x-amz-security-token']);
  const parameters = NO_PARAMETERS;
  return claimOf({ place: 'header', credential, signedHeaders, signature, date, token, parameters });
}

/** The `Date` header, which dates a signature where there is no `X-Amz-Date`, in the format that is signed. */
function fromHttpDate(date: string | undefined): string | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? date : formatAmzDate(time);
}

const HEADER_FIELDS = ['Credential', 'Signature', 'SignedHeaders'] as const;

type AuthorizationFields = { [Name in (typeof HEADER_FIELDS)[number]]?: string };

/** `Credential=…, SignedHeaders=…, Signature=…`, in any order, with or without spaces. */
function authorizationFields(list: string): AuthorizationFields {
  const fields: AuthorizationFields = {};
  for (const part of list.split(',')) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(equals, 0)).trim();
    const value = part.slice(equals + 1).trim();
    if (value !== '' && isHeaderField(name)) fields[name] = value;
  }
  return fields;
}

const isHeaderField = (name: string): name is (typeof HEADER_FIELDS)[number] =>
  name === 'Credential' || name === 'SignedHeaders' || name === 'Signature';

const QUERY_FIELDS = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-SignedHeaders',
  'X-Amz-Signature',
] as const;

function fromQuery(parameters: ReadonlyMap<string, string>): Claim | Refusal {
  if (parameters.has('AWSAccessKeyId')) return { reason: 'unsupported mechanism', mechanism: 'AWS' };
  const algorithm = parameters.get('X-Amz-Algorithm');
  if (algorithm !== undefined && algorithm !== ALGORITHM) {
    return { reason: 'unsupported mechanism', mechanism: algorithm };
  }
  const [, credential, date, signedHeaders, signature] = QUERY_FIELDS.map((name) => parameters.get(name));
  if (!algorithm || !credential || !date || !signedHeaders || !signature) {
    return {
      reason: 'incomplete',
      place: 'query',
      missing: QUERY_FIELDS.filter((name) => !parameters.get(name)),
    };
  }
  const token = parameters.get('X-Amz-Security-Token');
  return claimOf({ place: 'query', credential, signedHeaders, signature, date, token, parameters });
}

/** A presigned URL of Signature 4, or of its predecessor, has at least one of these. */
const PRESIGNED = /(?:^|&)(?:X-Amz-(?:Algorithm|Credential|Signature)|AWSAccessKeyId)=/;

/** The parameters of a presigned URL; none where the query string has nothing to do with a signature. */
function presignParameters(query: string): ReadonlyMap<string, string> {
  if (!PRESIGNED.test(query)) return NO_PARAMETERS;
  const parameters = new Map<string, string>();
  for (const pair of query.split('&')) {
    if (!pair.startsWith('X-Amz-') && !pair.startsWith('AWSAccessKeyId=')) continue;
    const equals = pair.indexOf('=');
    if (equals > 0) parameters.set(pair.slice(0, equals), decodeQueryComponent(pair.slice(equals + 1)));
  }
  return parameters;
}

interface Fields extends Pick<Claim, 'place' | 'signature' | 'date' | 'token' | 'parameters'> {
  readonly credential: string;
  readonly signedHeaders: string;
}

function claimOf(fields: Fields): Claim | Refusal {
  const { place, credential, signature, date, token, parameters } = fields;
  // From the back, because an access key id may hold slashes itself.
  const [terminator, service, region, scopeDate, ...accessKeyId] = credential.split('/').reverse();
  if (!terminator || !service || !region || !scopeDate || accessKeyId.length === 0) {
    return { reason: 'malformed credential', place, credential };
  }
  return {
    place,
    accessKeyId: accessKeyId.reverse().join('/'),
    scope: `${scopeDate}/${region}/${service}/${terminator}`,
    scopeDate,
    region,
    service,
    terminator,
    signedHeaders: fields.signedHeaders.toLowerCase().split(';').sort(),
    signature,
    date,
    token,
    parameters,
  };
}

const text = (value: string | string[] | undefined) => (typeof value === 'string' ? value : undefined);
