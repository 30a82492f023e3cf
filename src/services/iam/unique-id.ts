import { createHash } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A unique identifier as IAM gives them (`AROA…` for a role): 21 characters, the same for the same ARN always. */
export function uniqueId(prefix: string, arn: string): string {
  const digest = createHash('sha256').update(arn).digest();
  return prefix + Array.from(digest.subarray(0, 17), (byte) => ALPHABET.charAt(byte % 32)).join('');
}
