/** Where a request carries its signature: in the `Authorization` header, or in the query string of a presigned URL. */
export type SignaturePlace = 'header' | 'query';

/** The parts of a credential scope, `date/region/service/aws4_request`, and what each has to be here. */
export interface ScopeFault {
  readonly part: 'date' | 'region' | 'service' | 'terminator';
  readonly got: string;
  readonly expected: string;
}

/** Why a signature isn't accepted. Each protocol has codes and words of its own for it. */
export type Refusal =
  | { readonly reason: 'missing' }
  | { readonly reason: 'two mechanisms' }
  | { readonly reason: 'unsupported mechanism'; readonly mechanism: string }
  | { readonly reason: 'incomplete'; readonly place: SignaturePlace; readonly missing: readonly string[] }
  | { readonly reason: 'incomplete version 2 url' }
  | { readonly reason: 'malformed credential'; readonly place: SignaturePlace; readonly credential: string }
  | { readonly reason: 'no date' }
  | { readonly reason: 'malformed date'; readonly place: SignaturePlace; readonly date: string }
  | { readonly reason: 'malformed expiry'; readonly problem: 'not a number' | 'negative' | 'too long' }
  | {
      readonly reason: 'out of scope';
      readonly place: SignaturePlace;
      readonly faults: readonly ScopeFault[];
      readonly date: string;
    }
  | { readonly reason: 'unsigned header'; readonly header: string }
  | { readonly reason: 'unknown key'; readonly accessKeyId: string }
  | { readonly reason: 'wrong token' }
  | { readonly reason: 'expired token' }
  | { readonly reason: 'too old'; readonly date: string; readonly signedAt: number; readonly now: number }
  | {
      readonly reason: 'not yet valid';
      readonly date: string;
      readonly signedAt: number;
      readonly now: number;
    }
  | {
      readonly reason: 'url expired';
      readonly date: string;
      readonly expiredAt: number;
      readonly now: number;
    }
  | { readonly reason: 'not yet usable url'; readonly date: string; readonly now: number }
  | { readonly reason: 'no payload hash' }
  | { readonly reason: 'malformed payload hash'; readonly value: string }
  | {
      readonly reason: 'mismatch';
      readonly accessKeyId: string;
      readonly signature: string;
      readonly canonicalRequest: string;
      readonly stringToSign: string;
    };

/** How far a request's date may lie from the server's: 15 minutes, as at AWS. */
export const GREATEST_SKEW_MS = 15 * 60 * 1000;
