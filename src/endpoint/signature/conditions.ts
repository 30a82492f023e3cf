import { parseAmzDate } from './amz-date.ts';
import type { Audience } from './audience.ts';
import type { Claim } from './claim.ts';
import { GREATEST_SKEW_MS, type Refusal, type ScopeFault } from './refusal.ts';

/** A presigned URL is good for a week at most. */
const LONGEST_EXPIRY_SECONDS = 7 * 24 * 60 * 60;

/** When a request was signed. */
export interface SigningTime {
  readonly signedAt: number;
  /** ISO 8601's basic format, as it is part of the string to sign. */
  readonly date: string;
}

export function signingTime({ date, place }: Claim): SigningTime | Refusal {
  if (date === undefined) return { reason: 'no date' };
  const signedAt = parseAmzDate(date);
  return signedAt === undefined ? { reason: 'malformed date', place, date } : { signedAt, date };
}

/** Whether the request's time is within what is allowed: 15 minutes around its date, or a presigned URL's own span. */
export function checkTime(
  { place, parameters }: Claim,
  { signedAt, date }: SigningTime,
  { service }: Audience,
  now: number,
): Refusal | undefined {
  const expires = place === 'query' ? parameters.get('X-Amz-Expires') : undefined;
  if (expires !== undefined) return checkExpiry(expires, { signedAt, date }, now);
  if (place === 'query' && service === 's3')
    return { reason: 'incomplete', place, missing: ['X-Amz-Expires'] };
  if (now - signedAt > GREATEST_SKEW_MS) return { reason: 'too old', date, signedAt, now };
  if (signedAt - now > GREATEST_SKEW_MS) return { reason: 'not yet valid', date, signedAt, now };
  return undefined;
}

function checkExpiry(expires: string, { signedAt, date }: SigningTime, now: number): Refusal | undefined {
  const seconds = expires === '' ? Number.NaN : Number(expires);
  if (!Number.isInteger(seconds)) return { reason: 'malformed expiry', problem: 'not a number' };
  if (seconds < 0) return { reason: 'malformed expiry', problem: 'negative' };
  if (seconds > LONGEST_EXPIRY_SECONDS) return { reason: 'malformed expiry', problem: 'too long' };
  if (signedAt - now > GREATEST_SKEW_MS) return { reason: 'not yet usable url', date, now };
  const expiredAt = signedAt + seconds * 1000;
  return now > expiredAt ? { reason: 'url expired', date, expiredAt, now } : undefined;
}

/** Whether the credential is scoped to this service, region and day. All that is wrong is told at once, as AWS does. */
export function checkScope(claim: Claim, { date }: SigningTime, audience: Audience): Refusal | undefined {
  const day = date.slice(0, 8);
  if (
    audience.regions.includes(claim.region) &&
    claim.service === audience.service &&
    claim.terminator === 'aws4_request' &&
    claim.scopeDate === day
  ) {
    return undefined;
  }
  const region = audience.regions.includes(claim.region) ? claim.region : (audience.regions[0] ?? '');
  const parts: ScopeFault[] = [
    { part: 'region', got: claim.region, expected: region },
    { part: 'service', got: claim.service, expected: audience.service },
    { part: 'terminator', got: claim.terminator, expected: 'aws4_request' },
    { part: 'date', got: claim.scopeDate, expected: day },
  ];
  const faults = parts.filter(({ got, expected }) => got !== expected);
  return { reason: 'out of scope', place: claim.place, faults, date };
}
