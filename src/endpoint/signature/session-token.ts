import { hash, timingSafeEqual } from 'node:crypto';
import type { Credential } from './credentials.ts';
import type { Refusal } from './refusal.ts';

/** A temporary key is only as good as the token that came with it. Asked after the signature, so that only its owner learns. */
export function checkToken(
  { sessionToken, expired }: Credential,
  given: string | undefined,
): Refusal | undefined {
  if (!sameText(sessionToken ?? '', given ?? '')) return { reason: 'wrong token' };
  return expired ? { reason: 'expired token' } : undefined;
}

/** Compares in a time that tells nothing of where the texts differ. */
function sameText(a: string, b: string): boolean {
  if (a === '' && b === '') return true;
  const digest = (text: string) => hash('sha256', text, 'buffer');
  return timingSafeEqual(digest(a), digest(b));
}
