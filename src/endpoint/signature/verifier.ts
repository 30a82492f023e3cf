import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../clock/clock.ts';
import type { S3Payload } from '../../services/s3/payload.ts';
import type { Audience } from './audience.ts';
import { canonicalHeaders, type RequestHeaders, unsignedAmzHeader } from './canonical-headers.ts';
import { normalisedPath, reencodedPath } from './canonical-path.ts';
import { canonicalQuery } from './canonical-query.ts';
import { type Claim, readClaim } from './claim.ts';
import { checkScope, checkTime, type SigningTime, signingTime } from './conditions.ts';
import type { Credential, CredentialStore } from './credentials.ts';
import { declaredPayload, payloadOf } from './payload.ts';
import type { Refusal } from './refusal.ts';
import { checkToken } from './session-token.ts';
import { SigningKeys } from './signing-keys.ts';
import { isVersion2Url, verifyVersion2Url } from './version-2-url.ts';

/** A request as it stands on the wire. */
export interface SignedRequest extends RequestHeaders {
  readonly method: string;
  /** Raw: still encoded, without the query string. */
  readonly path: string;
  /** Raw, without its question mark. */
  readonly query: string;
}

/** A request whose signature holds. */
export interface Verified {
  readonly accessKeyId: string;
  readonly callerArn: string;
  /** How the body is covered. Where the body was handed in for verifying, it has been checked already. */
  readonly payload: S3Payload;
}

/**
 * Verifies AWS Signature 4, and S3's presigned URLs of version 2 too. Only S3 declares its body's hash in a header, so that it can stream; every other service's `body`
 * is handed in and hashed here. Synchronous: it costs tens of microseconds.
 */
export interface Verifier {
  verify(request: SignedRequest, audience: Audience, body?: Buffer): Verified | Refusal;
}

export const isRefusal = (outcome: object): outcome is Refusal => 'reason' in outcome;

export function createVerifier(credentials: CredentialStore, clock: Clock): Verifier {
  const keys = new SigningKeys();
  return {
    verify(request, audience, body) {
      if (audience.service === 's3' && isVersion2Url(request)) {
        return verifyVersion2Url(request, credentials, clock.now());
      }
      const claim = readClaim(request);
      if (isRefusal(claim)) return claim;
      const time = signingTime(claim);
      if (isRefusal(time)) return time;
      const refusal =
        checkTime(claim, time, audience, clock.now()) ??
        checkSignedHeaders(request, claim) ??
        checkScope(claim, time, audience);
      if (refusal) return refusal;
      const credential = credentials.find(claim.accessKeyId);
      if (!credential) return { reason: 'unknown key', accessKeyId: claim.accessKeyId };
      const declared = body ? hash('sha256', body) : declaredPayload(claim, request.headers[PAYLOAD_HEADER]);
      if (typeof declared !== 'string') return declared;
      return checkSignature(keys, { request, claim, time, credential, declared });
    },
  };
}

const PAYLOAD_HEADER = 'x-amz-content-sha256';

/** What is not signed could have been changed on the way: AWS insists on the host and on all of its own headers. */
function checkSignedHeaders(request: SignedRequest, { signedHeaders }: Claim): Refusal | undefined {
  if (!signedHeaders.includes('host')) return { reason: 'unsigned header', header: 'host' };
  const header = unsignedAmzHeader(request, signedHeaders);
  return header === undefined ? undefined : { reason: 'unsigned header', header };
}

interface Evidence {
  readonly request: SignedRequest;
  readonly claim: Claim;
  readonly time: SigningTime;
  readonly credential: Credential;
  readonly declared: string;
}

function checkSignature(keys: SigningKeys, evidence: Evidence): Verified | Refusal {
  const { request, claim, credential, time, declared } = evidence;
  const { accessKeyId, scope, signature } = claim;
  const signingKey = keys.find(credential.secretAccessKey, claim.scopeDate, claim.region, claim.service);
  const isS3 = claim.service === 's3';
  const first = sign(evidence, signingKey, isS3 ? request.path : normalisedPath(request.path));
  if (!matches(signature, first) && !(isS3 && matchesReencoded(evidence, signingKey))) {
    const { canonicalRequest, stringToSign } = first;
    return { reason: 'mismatch', accessKeyId, signature, canonicalRequest, stringToSign };
  }
  const seed = { signingKey, scope, timestamp: time.date, seedSignature: signature };
  return (
    checkToken(credential, claim.token) ?? {
      accessKeyId,
      callerArn: credential.callerArn,
      payload: payloadOf(declared, seed),
    }
  );
}

/** S3 signs a path as it is, yet some clients sign more characters encoded than they send: both stand for the same key. */
function matchesReencoded(evidence: Evidence, signingKey: Buffer): boolean {
  const { path } = evidence.request;
  const reencoded = reencodedPath(path);
  return reencoded !== path && matches(evidence.claim.signature, sign(evidence, signingKey, reencoded));
}

interface Computed {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly signature: Buffer;
}

function sign(evidence: Evidence, signingKey: Buffer, path: string): Computed {
  const canonicalRequest = canonicalForm(evidence, path);
  // The text came from the wire one character per byte, so this restores the bytes that the client signed.
  const digest = hash('sha256', Buffer.from(canonicalRequest, 'latin1'));
  const stringToSign = `AWS4-HMAC-SHA256\n${evidence.time.date}\n${evidence.claim.scope}\n${digest}`;
  const signature = createHmac('sha256', signingKey).update(stringToSign, 'latin1').digest();
  return { canonicalRequest, stringToSign, signature };
}

function matches(given: string, { signature }: Computed): boolean {
  const bytes = Buffer.from(given, 'hex');
  return given.length === 64 && bytes.length === 32 && timingSafeEqual(bytes, signature);
}

function canonicalForm({ request, claim, declared }: Evidence, path: string): string {
  const { signedHeaders } = claim;
  const query = canonicalQuery(request.query);
  const headers = canonicalHeaders(request, signedHeaders);
  return `${request.method}\n${path}\n${query}\n${headers}\n${signedHeaders.join(';')}\n${declared}`;
}
