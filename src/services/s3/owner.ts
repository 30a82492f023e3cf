import { createHash } from 'node:crypto';

/** S3's canonical user: 64 hex digits, here derived from the account, which is also its display name. */
export const owner = (account: string) => ({
  ID: createHash('sha256').update(account).digest('hex'),
  DisplayName: account,
});
